import UnixSignals

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Runs work that a person may interrupt, by `SIGINT` or `SIGTERM`.
///
/// The first signal asks the work to finish what is begun. A second one ends the program at once, and the
/// next start takes up what was begun. When this returns, signals have their default effect again.
///
/// - Parameters:
///   - onFirst: Called at the first signal.
///   - work: The work.
/// - Throws: What the work throws.
public func withStopSignals<Value, Failed: Error>(
    onFirst: @escaping @Sendable () -> Void,
    _ work: () async throws(Failed) -> Value
) async throws(Failed) -> Value {
    let trapped: [UnixSignal] = [.sigint, .sigterm]
    // From before the work begins, so that no signal is lost between the two.
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let listener = Task {
        var count = 0
        for await signal in signals {
            count += 1
            // The shell's status for "ended by this signal".
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
