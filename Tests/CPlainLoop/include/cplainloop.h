#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The way of a users report to remote-write bodies as a loop for this one purpose: what our own is
// measured against. It believes its input and knows nothing of repeated users, retries or backends.
typedef struct cplainloop cplainloop;

// What came out so far.
typedef struct {
    uint64_t samples, raw_bytes, body_bytes;
} cplainloop_counts;

// `metrics` has a line "name path label,label" for each metric, without labels where it has none.
// Returns null when there is no memory for it.
cplainloop *cplainloop_new(const char *metrics, const char *organization, int64_t milliseconds);
void cplainloop_free(cplainloop *loop);

// Takes a line; simdjson's padding must be readable after it. Returns 0, or simdjson's error code.
int cplainloop_take(cplainloop *loop, const uint8_t *line, size_t length);

// Compresses what is left, and counts.
cplainloop_counts cplainloop_finish(cplainloop *loop);

#ifdef __cplusplus
}
#endif
