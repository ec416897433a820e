#include "lazy_library.h"
#include <dlfcn.h>

const char *lazy_library_load(const char *soname, const lazy_function *functions, size_t count) {
    // RTLD_LAZY: the library's own symbols are resolved on first use, most of them never.
    void *library = dlopen(soname, RTLD_LAZY | RTLD_LOCAL);
    if (!library) return dlerror();
    for (size_t index = 0; index < count; index++) {
        *functions[index].place = dlsym(library, functions[index].name);
        if (!*functions[index].place) return dlerror();
    }
    return NULL;
}
