#pragma once
#include <stdint.h>
#include <xxhash.h>

// XXH128_hash_t travels as two words, so that Swift needs no knowledge of the struct's layout.
static inline void cxxhash_128(const void *bytes, size_t count, uint64_t *low, uint64_t *high) {
    XXH128_hash_t hash = XXH3_128bits(bytes, count);
    *low = hash.low64;
    *high = hash.high64;
}
