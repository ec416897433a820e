#include "lazy_library.h"
#include <dlfcn.h>

const char *lazy_library_load(const char *soname, const lazy_function *functions, size_t count) {
    // Its own calls are bound when they are first made, which spares most of them.
    void *library = dlopen(soname, RTLD_LAZY | RTLD_LOCAL);
    if (!library) return dlerror();
    for (size_t index = 0; index < count; index++) {
        *functions[index].place = dlsym(library, functions[index].name);
        if (!*functions[index].place) return dlerror();
    }
    return NULL;
}
