import Domain
import Ports
import Synchronization
import Toolbox

/// A database, and a few connections to it that are made when they are needed.
///
/// The store and the bus of one database share one of these. A connection that is lost is made
/// again and what was asked of it is asked again: each transaction here may be repeated. After some
/// seconds of that, the caller is told `unavailable`.
public final class PostgresDatabase: Sendable {
    /// How patient this is, and how much at once.
    package struct Limits: Sendable {
        /// The most connections.
        package var connectionCount = 4
        /// How long the server may take for a statement.
        package var statement = Duration.seconds(20)
        /// The waits before the second, third, … try.
        package var waits: [Duration] = [.zero, .milliseconds(250), .seconds(1), .seconds(2)]
        /// For how long tries are begun.
        package var retryTimeMax = Duration.seconds(15)

        /// Creates limits.
        package init() {}
    }

    let address: PostgresAddress
    private let limits: Limits
    private let schema = SchemaState()
    private let state: Mutex<Workers>

    private struct Workers {
        var free: [ConnectionWorker] = []
        var unmadeCount: Int
        var waiting: [CheckedContinuation<ConnectionWorker, Never>] = []
    }

    /// Creates a database; it is connected to when it is first asked for something.
    public convenience init(_ address: PostgresAddress) { self.init(address, limits: Limits()) }

    package init(_ address: PostgresAddress, limits: Limits) {
        self.address = address
        self.limits = limits
        state = Mutex(Workers(unmadeCount: limits.connectionCount))
    }

    /// Does `work` on a connection of its own.
    ///
    /// - Parameter work: What to do; it is begun anew after a lost connection or a deadlock, so
    ///   doing it twice must come to the same. Only what it finds in the last round counts.
    /// - Returns: What `work` returns.
    /// - Throws: What `work` throws when trying again did not help.
    func perform<Value: Sendable>(
        _ work: @escaping @Sendable (Connection) throws(DatabaseError) -> Value
    ) async throws(Failure) -> Value {
        let worker = await take()
        defer { giveBack(worker) }
        let begun = ContinuousClock.now
        var waits = limits.waits[...]
        while true {
            switch await worker.perform(work) {
            case .success(let result): return result
            case .failure(let error):
                guard error.recovery != .none, let wait = waits.popFirst(),
                    ContinuousClock.now - begun < limits.retryTimeMax
                else { throw error.failure }
                // Whoever is cancelled has no time to wait, and has its answer at once.
                guard (try? await Task.sleep(for: wait)) != nil else { throw error.failure }
            }
        }
    }

    private func take() async -> ConnectionWorker {
        await withCheckedContinuation { continuation in
            let worker = state.withLock { workers -> ConnectionWorker? in
                if let worker = workers.free.popLast() { return worker }
                guard workers.unmadeCount > 0 else {
                    workers.waiting.append(continuation)
                    return nil
                }
                workers.unmadeCount -= 1
                return ConnectionWorker(address, limits, schema)
            }
            if let worker { continuation.resume(returning: worker) }
        }
    }

    private func giveBack(_ worker: ConnectionWorker) {
        let next = state.withLock { workers -> CheckedContinuation<ConnectionWorker, Never>? in
            guard workers.waiting.isEmpty else { return workers.waiting.removeFirst() }
            workers.free.append(worker)
            return nil
        }
        next?.resume(returning: worker)
    }
}

/// A thread with one connection, which is made when it is needed and again when it is lost.
private actor ConnectionWorker {
    private let executor = ThreadExecutor("postgres")
    private let address: PostgresAddress
    private let limits: Connection.Limits
    private let schema: SchemaState
    private var connection: Connection?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(
        _ address: PostgresAddress, _ limits: PostgresDatabase.Limits, _ schema: SchemaState
    ) {
        self.address = address
        self.limits = Connection.Limits(statement: limits.statement)
        self.schema = schema
    }

    func perform<Value: Sendable>(
        _ work: @Sendable (Connection) throws(DatabaseError) -> Value
    ) -> Result<Value, DatabaseError> {
        do throws(DatabaseError) {
            let connection = try ready()
            defer { if !connection.isUsable { self.connection = nil } }
            return .success(try work(connection))
        } catch {
            switch error.recovery {
            case .reconnect: connection = nil
            case .schema: schema.isMade.store(false, ordering: .releasing)
            case .none, .again: break
            }
            return .failure(error)
        }
    }

    private func ready() throws(DatabaseError) -> Connection {
        let connection =
            if let connection { connection } else { try Connection(address, limits: limits) }
        self.connection = connection
        if !schema.isMade.load(ordering: .acquiring) {
            try Schema.make(on: connection)
            schema.isMade.store(true, ordering: .releasing)
        }
        return connection
    }
}

/// Whether the schema was seen to be there; it is looked for once a process.
private final class SchemaState: Sendable {
    let isMade = Atomic(false)
}
