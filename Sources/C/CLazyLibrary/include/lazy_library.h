#pragma once
#include <stddef.h>
#include <stdint.h>

// Loads a shared library on first use instead of at program start. libcurl and libpq depend on thirty
// more libraries, whose loading takes half of the start-up time, and many runs use neither.
//
// A macro lists the functions of a library:
//
//     #define FUNCTIONS(FUNCTION, VARIADIC) \
//         FUNCTION(int, answer, (int question), (question)) \
//         VARIADIC(print)
//     LAZY_LIBRARY(oracle_load, "liboracle.so.1", "oracle", FUNCTIONS)
//
// For each FUNCTION, LAZY_LIBRARY defines a function of the same name that calls the library's. The
// library's header is included, so a wrong signature does not compile. The functions are hidden,
// because otherwise the library would call them instead of its own. For each VARIADIC it defines a
// function pointer, such as lazy_print, because C cannot forward variadic arguments. It also defines
// oracle_load, which must return null before any of them is called.

typedef struct {
    const char *name;
    void **place;
} lazy_function;

// Loads a library and resolves its functions. Returns null, or the loader's message, which is valid on
// this thread until it loads another library. Not thread-safe.
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

// Adds a note to the program about the library, for tools that determine dependencies:
// <https://systemd.io/ELF_DLOPEN_METADATA/>.
#define LAZY_NOTE(json) \
    __attribute__((used, retain, section(".note.dlopen"), aligned(4))) static const struct { \
        uint32_t owner_size, json_size, type; \
        char owner[4], text[sizeof(json)]; \
    } lazy_library_note = {4, sizeof(json), 0x407c0c0a, "FDO", json};
