public import Domain
public import Ports
import Toolbox

/// Keeps problems in the store, each until it is resolved.
///
///     found now + stored ─▶ reconciled ─▶ stored, and what began, lasts and ended ─▶ log
///
/// Each scope has one entry and one kind of writer: a tick writes those of an integration, a
/// collection those of an organization, and the local runner its own.
public struct ProblemBook: Sendable {
    /// How long an entry is kept after its last change; ticks renew it while a problem lasts.
    private static let lifetime = Duration.seconds(40 * 86_400)

    /// The present problems of a scope.
    public struct Reconciled: Sendable {
        /// The problems.
        public let problems: [Problem]
        /// What changed; complete once ``state`` has been made.
        public let notes: ProblemNotes
        /// The change that keeps the problems; nil if nothing is to be written.
        public let state: StateChange?
    }

    private let store: any KeyValueStore

    /// Creates a book in `store`.
    public init(_ store: any KeyValueStore) { self.store = store }

    /// Compares the problems of one scope with those that are found now.
    ///
    /// - Parameters:
    ///   - key: The scope.
    ///   - now: The present.
    ///   - find: Returns the present problems, given those that are stored. It is called again if
    ///     another process has changed them in the meantime.
    /// - Throws: What the store throws. An entry that cannot be read counts as empty, and one of a newer
    ///   version of the program stays as it is.
    public func reconcile(
        _ key: StoreKey, at now: Timestamp,
        _ find: @escaping @Sendable ([Problem]) -> [Problem]
    ) async throws(Failure) -> Reconciled {
        var (value, known): ([UInt8]?, ProblemList) = (nil, ProblemList())
        var damage: Failure?
        do throws(Failure) {
            value = try await store.entry(for: key)?.value
            known = try Self.readableList(value, at: key)
        } catch  where error.code == .unreadableState {
            damage = error
        }
        let (list, found) = known.reconciled(with: find(known.problems), at: now)
        var changes = found
        let expiry = now.advanced(by: Self.lifetime)
        if let damage {
            changes.began.append(.replaced(damage, at: now))
            let state = StateChange.put(
                Stored.encode(list, for: key), for: key, if: .always, until: expiry)
            return Reconciled(
                problems: list.problems, notes: ProblemNotes(changes), state: state)
        }
        // An entry without problems stays empty until it expires.
        if known.problems.isEmpty && list.problems.isEmpty || Stored.isNewer(value, at: key) {
            return Reconciled(
                problems: list.problems, notes: ProblemNotes(changes), state: nil)
        }
        let note = ProblemNotes.Part(changes)
        let state = StateChange.update(key, until: expiry) { value in
            let known = Self.list(value, at: key)
            let (next, changes) = known.reconciled(with: find(known.problems), at: now)
            note.update(changes)
            let isNothing = value == nil && next.problems.isEmpty
            return isNothing || Stored.isNewer(value, at: key) ? nil : Stored.encode(next, for: key)
        }
        return Reconciled(
            problems: list.problems, notes: ProblemNotes(note), state: state)
    }

    /// Reads all stored problems.
    ///
    /// - Returns: The problems by scope, in the order of the keys. Entries that cannot be read are
    ///   left out: the next tick or collection writes them again.
    /// - Throws: What the store throws.
    public func all() async throws(Failure) -> [(key: StoreKey, problems: [Problem])] {
        var found: [(key: StoreKey, problems: [Problem])] = []
        for key in try await store.allKeys(prefix: StoreKey.problemsPrefix) {
            let value = try await store.readableEntry(for: key)?.value
            let problems = Self.list(value, at: key).problems
            if !problems.isEmpty { found.append((key, problems)) }
        }
        return found
    }

    /// Reads a list; it is empty if there is none, or if a newer version of the program wrote it.
    ///
    /// - Throws: `unreadableState` if it is damaged.
    private static func readableList(
        _ value: [UInt8]?, at key: StoreKey
    ) throws(Failure) -> ProblemList {
        guard let value else { return ProblemList() }
        do throws(Failure) {
            return try Stored.decode(ProblemList.self, from: value, at: key)
        } catch  where error.code == .newerFormat {
            return ProblemList()
        }
    }

    /// Reads a list; it is empty if it cannot be read.
    private static func list(_ value: [UInt8]?, at key: StoreKey) -> ProblemList {
        (try? readableList(value, at: key)) ?? ProblemList()
    }
}
