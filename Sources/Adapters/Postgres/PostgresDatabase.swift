import Domain
import Ports
import Synchronization
import Toolbox

/// A database with a pool of connections, which are opened when needed.
///
/// The store and the bus of one database share a pool. After a lost connection, the pool reconnects
/// and repeats the transaction: all transactions can be repeated. After some seconds without success
/// it throws `unavailable`.
public final class PostgresDatabase: Sendable {
    /// The limits of a pool.
    package struct Limits: Sendable {
        /// The most connections.
        package var connectionCount = 4
        /// The longest time for a statement.
        package var statementTimeout = Duration.seconds(20)
        /// The waits before the second and each further attempt.
        package var waits: [Duration] = [.zero, .milliseconds(250), .seconds(1), .seconds(2)]
        /// The time after which no further attempt is started.
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

    /// Creates a pool.
    ///
    /// It connects on first use.
    public convenience init(_ address: PostgresAddress) { self.init(address, limits: Limits()) }

    package init(_ address: PostgresAddress, limits: Limits) {
        self.address = address
        self.limits = limits
        state = Mutex(Workers(unmadeCount: limits.connectionCount))
    }

    /// Runs an operation on one of the connections.
    ///
    /// - Parameter work: The operation. After a lost connection or a deadlock it runs again, so it must
    ///   be idempotent. Only its last result counts.
    /// - Throws: The failure of the last attempt.
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
                // After a cancellation there is no time to wait.
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

/// A thread with one connection, which is opened on first use, and again after it is lost.
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
        self.limits = Connection.Limits(statementTimeout: limits.statementTimeout)
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

/// Whether the schema is known to exist.
///
/// It is checked once per process.
private final class SchemaState: Sendable {
    let isMade = Atomic(false)
}
