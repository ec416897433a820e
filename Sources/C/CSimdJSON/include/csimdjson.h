#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The number of bytes that must be readable after the end of every document; their value is arbitrary.
enum { CSIMDJSON_PADDING = 64 };

// A parser with buffers, which grow to the size of the largest document. Not thread-safe.
typedef struct csimdjson_parser csimdjson_parser;

// The result of a parse: simdjson's tape and string buffer, valid until the next parse.
// The format is described in <https://github.com/simdjson/simdjson/blob/v3.0.1/doc/tape.md>.
typedef struct {
    const uint64_t *tape;
    size_t tape_count;
    const uint8_t *strings;
    size_t strings_count;
} csimdjson_tape;

// Returns null if there is not enough memory.
csimdjson_parser *csimdjson_new(void);
void csimdjson_free(csimdjson_parser *parser);

// Parses one JSON document of `length` bytes. Returns 0 and fills `tape`, or simdjson's error code.
int csimdjson_parse(
    csimdjson_parser *parser, const uint8_t *json, size_t length, csimdjson_tape *tape);

// Returns the message of an error code, a static string.
const char *csimdjson_error_message(int code);

#ifdef __cplusplus
}
#endif
