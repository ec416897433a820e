public import Domain
public import Ports
import Toolbox

/// The present of a state: real time, unless a virtual clock has played it.
///
/// The state of a demo ends at a virtual moment. Judged by real time, all of its ticks would be missed
/// and its days missing. A tick by the real clock ends that.
public struct StateClock: Sendable {
    private struct Moment: Codable {
        var at: Timestamp
    }

    private let store: any KeyValueStore

    /// Creates the clock of a state.
    public init(_ store: any KeyValueStore) { self.store = store }

    /// The present.
    ///
    /// - Parameter real: Real time.
    public func now(_ real: Timestamp) async throws(Failure) -> Timestamp {
        guard let played = try await moment(at: .virtualClock) else { return real }
        let last = try await moment(at: .tickRun)
        return last.map { $0 > played } ?? false ? real : played
    }

    /// Remembers where a virtual clock stopped.
    public func stop(at virtual: Timestamp) async throws(Failure) {
        try await store.put(
            Stored.encode(Moment(at: virtual), for: .virtualClock), for: .virtualClock, if: .always,
            until: nil)
    }

    private func moment(at key: StoreKey) async throws(Failure) -> Timestamp? {
        // Without them, real time is the present.
        guard let entry = try await store.readableEntry(for: key) else { return nil }
        return (try? Stored.decode(Moment.self, from: entry.value, at: key))?.at
    }
}
