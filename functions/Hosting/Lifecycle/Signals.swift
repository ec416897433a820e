import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Watches for a person or a supervisor who asks the program to stop.
///
/// The first request lets the work that is begun be finished; a second one ends the program at
/// once, and what was begun is taken up by the next start.
public final class Signals {
    private static let numbers = [SIGINT, SIGTERM]
    private let sources: [any DispatchSourceSignal]

    /// Watches from now on.
    ///
    /// - Parameter onFirst: Called at the first request, on a thread of its own.
    public init(onFirst: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "signals")
        let seen = StopCount()
        sources = Self.numbers.map { number in
            // Else the signal would end the program before anybody is told.
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                // The shell's word for "ended by this signal".
                guard seen.isFirst() else { exit(128 + number) }
                onFirst()
            }
            source.resume()
            return source
        }
    }

    /// Stops watching: a signal does again what it does by default.
    public func end() {
        for source in sources { source.cancel() }
        for number in Self.numbers { _ = signal(number, SIG_DFL) }
    }
}

/// Tells the first time from the others.
private final class StopCount: Sendable {
    private let sign = StopSign()

    func isFirst() -> Bool {
        // Called on one queue only, so nothing comes between.
        defer { sign.raise() }
        return !sign.isRaised
    }
}
