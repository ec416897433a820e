#pragma once
#include <stdint.h>
#include <xxhash.h>

// Returns the hash as two words, so that Swift does not depend on the layout of XXH128_hash_t.
static inline void cxxhash_128(const void *bytes, size_t count, uint64_t *low, uint64_t *high) {
    XXH128_hash_t hash = XXH3_128bits(bytes, count);
    *low = hash.low64;
    *high = hash.high64;
}
