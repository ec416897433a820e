public import Domain
import Ports

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The limits of the system that a program cannot run under.
///
/// Concurrency waits for ever for threads that the system refuses to start, and says nothing. So both
/// programs ask at their start, on their only thread.
public enum ProcessLimits {
    /// The threads of a tick and of the local runner, measured: the pool on two cores, and one each for
    /// libcurl, the web server, and what blocks.
    private static let threadCount = 10

    /// With less address space, programs hung or crashed in the middle of a tick (measured).
    ///
    /// Most of it is never used: 8 MiB for the stack of each thread, and 64 MiB for its heap.
    private static let addressByteCountMin: UInt64 = 400 << 20

    /// Checks the limits.
    ///
    /// - Throws: `misconfigured`, naming the limit.
    public static func check() throws(Failure) {
        try check(addressByteCount: addressByteCount)
        let code = startThreads(threadCount)
        guard code == 0 else {
            throw Failure(
                .misconfigured,
                "the system does not let this program start \(threadCount) threads (error \(code)). "
                    + "Raise the limit on processes and threads: ulimit -u, TasksMax of systemd, or the "
                    + "limit on pids of the container or pod")
        }
    }

    static func check(addressByteCount count: UInt64) throws(Failure) {
        guard count < addressByteCountMin else { return }
        throw Failure(
            .misconfigured,
            "the limit on the address space of a process is \(count >> 20) MiB, but at least "
                + "\(addressByteCountMin >> 20) MiB are needed. Raise it (ulimit -v, LimitAS of systemd), "
                + "or limit the memory in use instead, as containers do")
    }

    private static var addressByteCount: UInt64 {
        #if canImport(Darwin) || canImport(Musl)
        let resource = RLIMIT_AS
        #else
        let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
        #endif
        var limit = rlimit()
        // The pointer is only used during the call.
        return unsafe getrlimit(resource, &limit) == 0 ? UInt64(limit.rlim_cur) : .max
    }

    /// Starts threads that are alive at the same time, and waits for their end.
    ///
    /// - Returns: 0, or why the system refused one.
    private static func startThreads(_ count: Int) -> Int32 {
        // Each thread waits for the lock, so the first is still there when the last one starts. The lock
        // outlives the threads, because all of them are joined.
        let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        defer { unsafe lock.deallocate() }
        unsafe pthread_mutex_init(lock, nil)
        unsafe pthread_mutex_lock(lock)
        var threads: [pthread_t] = []
        var code: Int32 = 0
        while code == 0, threads.count < count {
            var thread = pthread_t()
            code = unsafe pthread_create(
                &thread, nil,
                { context in
                    guard let lock = unsafe context?.assumingMemoryBound(to: pthread_mutex_t.self)
                    else { return nil }
                    unsafe pthread_mutex_lock(lock)
                    unsafe pthread_mutex_unlock(lock)
                    return nil
                }, lock)
            if code == 0 { threads.append(thread) }
        }
        unsafe pthread_mutex_unlock(lock)
        for thread in threads { pthread_join(thread, nil) }
        unsafe pthread_mutex_destroy(lock)
        return code
    }
}
