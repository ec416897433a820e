import UnixSignals

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Runs work that `SIGINT` or `SIGTERM` may interrupt.
///
/// The first signal asks the work to finish what it has begun. A second signal ends the program at
/// once, and the next start resumes unfinished work. When this function returns, the signals have
/// their default effect again.
///
/// - Parameter onFirst: Called at the first signal.
/// - Throws: The error of the work.
public func withStopSignals<Value, Failed: Error>(
    onFirst: @escaping @Sendable () -> Void,
    _ work: () async throws(Failed) -> Value
) async throws(Failed) -> Value {
    let trapped: [UnixSignal] = [.sigint, .sigterm]
    // Begin before the work, so that no signal is lost in between.
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let listener = Task {
        var count = 0
        for await signal in signals {
            count += 1
            // The shell's exit status for a process that a signal ended.
            guard count == 1 else { exit(128 + signal.rawValue) }
            onFirst()
        }
    }
    defer {
        listener.cancel()
        for trapped in trapped { _ = signal(trapped.rawValue, SIG_DFL) }
    }
    return try await work()
}
