// Tells ThreadSanitizer of the slow path of Swift's `Mutex`, which lies in a library that is not
// instrumented: without, whatever a contended lock guards looks like a data race.
//
// Preloaded, it stands before Swift's functions and calls them. Their names and their convention are
// those of Swift 6.3, `Synchronization._MutexHandle`: the handle is the context.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define CONTEXT __attribute__((swift_context))
#define SWIFT __attribute__((swiftcall))
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

// Of the program, if it is instrumented. The fast path of a lock is an atomic on the same address.
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

SWIFT void lock(uint32_t thread, CONTEXT void *handle) __asm__(LOCK);
SWIFT bool try_lock(CONTEXT void *handle) __asm__(TRY_LOCK);
SWIFT void unlock(CONTEXT void *handle) __asm__(UNLOCK);

static void *own(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) abort();  // Another version of Swift: see above.
    return function;
}

SWIFT void lock(uint32_t thread, CONTEXT void *handle) {
    SWIFT void (*next)(uint32_t, CONTEXT void *) = own(LOCK);
    next(thread, handle);
    if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT bool try_lock(CONTEXT void *handle) {
    SWIFT bool (*next)(CONTEXT void *) = own(TRY_LOCK);
    bool taken = next(handle);
    if (taken && __tsan_acquire) __tsan_acquire(handle);
    return taken;
}

SWIFT void unlock(CONTEXT void *handle) {
    SWIFT void (*next)(CONTEXT void *) = own(UNLOCK);
    if (__tsan_release) __tsan_release(handle);
    next(handle);
}
