#pragma once
#include <stddef.h>
#include <stdint.h>

// A shared library that is loaded when it is first needed, not when the program starts: libcurl and
// libpq bring thirty more along, which is half of a start, and many starts use neither.
//
// What is called of a library is listed once, in a macro:
//
//     #define FUNCTIONS(FUNCTION, VARIADIC) \
//         FUNCTION(int, answer, (int question), (question)) \
//         VARIADIC(print)
//     LAZY_LIBRARY(oracle_load, "liboracle.so.1", "oracle", FUNCTIONS)
//
// That makes of each FUNCTION one of that name which calls the library's; the library's own header is
// included, so a signature that is not the library's does not compile. It is hidden, or the library
// would call ours where it means its own. A VARIADIC's arguments can only be passed on by who knows
// them, so it is a pointer, lazy_print. None may be called before oracle_load, which the macro makes
// too, has returned null.

typedef struct {
    const char *name;
    void **place;
} lazy_function;

// Loads a library and finds its functions. Returns null, or what is missing, in the loader's words,
// which stay valid on this thread until it loads something else. Not for two threads at a time.
const char *lazy_library_load(const char *soname, const lazy_function *functions, size_t count);

#define LAZY_LIBRARY(load, soname, feature, FUNCTIONS) \
    FUNCTIONS(LAZY_DEFINE, LAZY_DECLARE) \
    static const lazy_function lazy_functions[] = {FUNCTIONS(LAZY_FIND_FUNCTION, LAZY_FIND)}; \
    LAZY_NOTE("[{\"soname\":[\"" soname "\"],\"feature\":\"" feature "\",\"priority\":\"required\"}]") \
    const char *load(void) { \
        const size_t count = sizeof lazy_functions / sizeof *lazy_functions; \
        return lazy_library_load(soname, lazy_functions, count); \
    }

#define LAZY_DECLARE(name) static __typeof__(&name) lazy_##name;
#define LAZY_DEFINE(result, name, parameters, arguments) \
    LAZY_DECLARE(name) \
    __attribute__((visibility("hidden"))) result name parameters { return lazy_##name arguments; }
#define LAZY_FIND(name) {#name, (void **)&lazy_##name},
#define LAZY_FIND_FUNCTION(result, name, parameters, arguments) LAZY_FIND(name)

// Leaves a note in the program what it will load, where tools that follow a program's libraries look:
// <https://systemd.io/ELF_DLOPEN_METADATA/>.
#define LAZY_NOTE(json) \
    __attribute__((used, retain, section(".note.dlopen"), aligned(4))) static const struct { \
        uint32_t owner_size, json_size, type; \
        char owner[4], text[sizeof(json)]; \
    } lazy_library_note = {4, sizeof(json), 0x407c0c0a, "FDO", json};
