#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The number of readable bytes that must follow each document; their value does not matter.
enum { CSIMDJSON_PADDING = 64 };

// How many lists and objects may be within one another: as many as Foundation reads.
enum { CSIMDJSON_DEPTH_MAX = 512 };

// A parser with its buffers, which grow to the largest document so far and are reused for the next.
// Not for use by two threads at a time.
typedef struct csimdjson_parser csimdjson_parser;

// The result of a parse: simdjson's tape and its string buffer, valid until the next parse.
// The format: <https://github.com/simdjson/simdjson/blob/v3.0.1/doc/tape.md>.
typedef struct {
    const uint64_t *tape;
    size_t tape_count;
    const uint8_t *strings;
    size_t strings_count;
} csimdjson_tape;

// Returns null if there is no memory.
csimdjson_parser *csimdjson_new(void);
void csimdjson_free(csimdjson_parser *parser);

// Parses one JSON document of `length` bytes. Returns 0 and fills `tape`, or simdjson's error code.
int csimdjson_parse(
    csimdjson_parser *parser, const uint8_t *json, size_t length, csimdjson_tape *tape);

// Returns the meaning of an error code, a static string.
const char *csimdjson_error_message(int code);

#ifdef __cplusplus
}
#endif
