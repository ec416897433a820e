#pragma once
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

// Blocks of `threshold` bytes and more get pages of their own, which go back to the system when the
// block is freed; and so does the end of the heap when more than `kept` bytes of it are free.
// Only glibc has to be told.
static inline void cmalloc_return_large_blocks(int threshold, int kept) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, threshold);
    mallopt(M_TRIM_THRESHOLD, kept);
#endif
}
