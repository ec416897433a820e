#include "csimdjson.h"

#include <new>
#include <simdjson.h>

using namespace simdjson;

static_assert(CSIMDJSON_PADDING >= SIMDJSON_PADDING, "the header promises too little padding");

struct csimdjson_parser {
    dom::parser parser;
};

csimdjson_parser *csimdjson_new(void) {
    auto *parser = new (std::nothrow) csimdjson_parser;
    if (parser && parser->parser.allocate(1, CSIMDJSON_DEPTH_MAX) == SUCCESS) return parser;
    delete parser;
    return nullptr;
}

void csimdjson_free(csimdjson_parser *parser) { delete parser; }

int csimdjson_parse(
    csimdjson_parser *parser, const uint8_t *json, size_t length, csimdjson_tape *tape) {
    auto result = parser->parser.parse(json, length, false);
    if (result.error() != SUCCESS) return result.error();
    const dom::document &document = parser->parser.doc;
    tape->tape = document.tape.get();
    // The root word holds the index one past the last word of the document.
    tape->tape_count = size_t(document.tape[0] & internal::JSON_VALUE_MASK);
    tape->strings = document.string_buf.get();
    // No string can be longer than its document, and each adds a length and a terminator.
    tape->strings_count = document.capacity() * 5 / 3 + SIMDJSON_PADDING;
    return SUCCESS;
}

const char *csimdjson_error_message(int code) { return error_message(error_code(code)); }
