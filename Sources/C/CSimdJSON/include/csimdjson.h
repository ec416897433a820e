#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Bytes that must be readable after the end of every document that is parsed; their value is free.
enum { CSIMDJSON_PADDING = 64 };

// A parser with its buffers; it grows to the largest document it has seen and is reused for the
// next. Not for two threads at a time.
typedef struct csimdjson_parser csimdjson_parser;

// What a parse left behind: simdjson's tape and its string buffer, valid until the next parse.
// The format: <https://github.com/simdjson/simdjson/blob/v3.0.1/doc/tape.md>.
typedef struct {
    const uint64_t *tape;
    size_t tape_count;
    const uint8_t *strings;
    size_t strings_count;
} csimdjson_tape;

// Returns null when there is no memory for one.
csimdjson_parser *csimdjson_new(void);
void csimdjson_free(csimdjson_parser *parser);

// Parses one JSON document of `length` bytes. Returns 0 and fills `tape`, or simdjson's error code.
int csimdjson_parse(
    csimdjson_parser *parser, const uint8_t *json, size_t length, csimdjson_tape *tape);

// Says what an error code means; a static string.
const char *csimdjson_error_message(int code);

#ifdef __cplusplus
}
#endif
