#pragma once
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

// Allocates blocks of `threshold` bytes and more in separate pages, which are returned to the system
// when the block is freed. Also returns the end of the heap when more than `kept` bytes of it are free.
// Only glibc needs this setting.
static inline void cmalloc_return_large_blocks(int threshold, int kept) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, threshold);
    mallopt(M_TRIM_THRESHOLD, kept);
#endif
}
