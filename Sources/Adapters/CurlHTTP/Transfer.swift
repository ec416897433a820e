import Domain
import Ports
import Synchronization
import Toolbox

/// A request and its response, shared by libcurl's thread, which fills a buffer, and the task that
/// reads it.
///
/// libcurl's thread pauses the transfer when the buffer is full. The reader empties the buffer and
/// resumes the transfer. Neither waits while it holds the lock.
final class Transfer: Sendable {
    /// The size of the buffer in bytes, beyond which the transfer is paused.
    static let unreadByteCountMax = 256 * 1024
    /// The largest head, in bytes, with trailers and the heads of interim responses.
    static let headByteCountMax = 256 * 1024

    let request: HTTPClientRequest
    let target: Target
    let policy: ProxyPolicy
    private let state = Mutex(State())

    private struct State {
        var head = ReplyHead()
        var unread: [UInt8] = []
        var byteCount = 0
        var headByteCount = 0
        var isPaused = false
        /// When the last byte arrived, or when reading began.
        var heard = ContinuousClock.now
        /// Why an address was refused; more specific than libcurl's error.
        var objection: Failure?
        /// Set when libcurl has finished, a limit was exceeded or the reader was cancelled.
        var outcome: Result<Void, Failure>?
        /// Whether anything changed since the reader last checked.
        var isNew = false
        var reader: CheckedContinuation<Void, Never>?
    }

    init(_ request: HTTPClientRequest, to target: Target, by policy: ProxyPolicy) {
        self.request = request
        self.target = target
        self.policy = policy
    }

    /// The failure of a body that is larger than the request allows.
    var overLimit: Failure {
        Failure(
            .limitExceeded,
            "\(target.host): the response is larger than \(request.replyByteCountMax) bytes")
    }
}

/// The reader's side.
extension Transfer {
    /// Waits for the head.
    ///
    /// - Throws: The failure of the transfer, if it ends before.
    func head() async throws(Failure) -> ReplyHead {
        try await wait { state in
            if state.head.isComplete { return .success(state.head) }
            return state.outcome.map { outcome in
                outcome.flatMap {
                    .failure(Failure(.unavailable, "\(self.target.host): the response has no head"))
                }
            }
        }
    }

    /// Waits for a part of the body and returns all buffered bytes.
    ///
    /// - Returns: The bytes, empty at the end, and whether the transfer was paused.
    /// - Throws: The failure of the transfer, after all bytes that arrived before it.
    func unread() async throws(Failure) -> (bytes: [UInt8], wasPaused: Bool) {
        try await wait { state in
            guard state.unread.isEmpty else {
                defer {
                    // The other side could not send while the transfer was paused.
                    if state.isPaused { state.heard = .now }
                    (state.unread, state.isPaused) = ([], false)
                }
                return .success((state.unread, state.isPaused))
            }
            return state.outcome.map { outcome in outcome.map { ([], false) } }
        }
    }

    private func wait<Value: Sendable>(
        for find: (inout State) -> Result<Value, Failure>?
    ) async throws(Failure) -> Value {
        while true {
            let found = state.withLock { state in
                state.isNew = false
                return find(&state)
            }
            if let found { return try found.get() }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isNew = state.withLock { state in
                        precondition(state.reader == nil, "a response has one reader")
                        if !state.isNew { state.reader = continuation }
                        return state.isNew
                    }
                    if isNew { continuation.resume() }
                }
            } onCancel: {
                cancel()
            }
        }
    }

    private func cancel() {
        change { state in
            state.unread = []
            state.outcome = .failure(
                Failure(.cancelled, "\(self.target.host): the request was cancelled"))
        }
    }
}

/// libcurl's side.
extension Transfer {
    /// The result of offering a part of the body.
    enum Intake {
        case taken
        /// The buffer is full; libcurl offers the part again when the transfer resumes.
        case paused
        case refused
    }

    /// Whether the transfer has ended, so that nothing more is read.
    var isOver: Bool { state.withLock { $0.outcome != nil } }

    /// Checks the address of a socket.
    ///
    /// An address of an unknown kind is refused.
    func mayReach(_ address: IPAddress?) -> Bool {
        if policy.rule == .any { return true }
        if let address, policy.rule.allows(address) { return true }
        state.withLock { state in
            state.objection = .notPublic(self.target.host)
        }
        return false
    }

    /// Receives a line of the head; false ends the transfer.
    func take(line: some Collection<UInt8>) -> Bool {
        change { state in
            if request.idleTimeout != nil { state.heard = .now }
            // libcurl limits the length of a line, but not the number of lines.
            state.headByteCount += line.count
            guard state.headByteCount <= Self.headByteCountMax else {
                state.outcome = .failure(
                    Failure(
                        .limitExceeded,
                        "\(target.host): the response's headers are larger than "
                            + "\(Self.headByteCountMax) bytes"))
                return false
            }
            return state.head.take(line)
        }
    }

    /// Receives a part of the body, unless the buffer is full or the limit is exceeded.
    func take(body piece: UnsafeRawBufferPointer) -> Intake {
        change { state in
            guard state.outcome == nil else { return .refused }
            guard state.unread.count < Self.unreadByteCountMax else {
                state.isPaused = true
                return .paused
            }
            state.byteCount += piece.count
            if request.idleTimeout != nil { state.heard = .now }
            guard state.byteCount <= request.replyByteCountMax else {
                state.outcome = .failure(overLimit)
                return .refused
            }
            unsafe state.unread.append(contentsOf: piece)
            return .taken
        }
    }

    /// When the idle timeout ends, unless a byte arrives before; nil if there is no idle timeout.
    var idleEnd: ContinuousClock.Instant? {
        guard let idleTimeout = request.idleTimeout else { return nil }
        return state.withLock { state in
            // While the transfer is paused, the other side cannot send.
            state.isPaused ? .now + idleTimeout : state.heard + idleTimeout
        }
    }

    /// The failure of a transfer whose idle timeout has passed: the connection is considered broken.
    var idleFailure: Failure {
        let seconds = (request.idleTimeout ?? .zero).secondsRoundedUp
        return Failure(.unavailable, "\(target.host): no data for \(seconds) s")
    }

    /// Ends the transfer.
    ///
    /// A refused address takes precedence over libcurl's error.
    func end(_ failure: Failure?) {
        change { state in
            guard state.outcome == nil else { return }
            if let failure {
                state.outcome = .failure(state.objection ?? failure)
            } else {
                state.outcome = .success(())
            }
        }
    }

    private func change<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        let (value, reader) = state.withLock { state in
            let value = body(&state)
            defer { state.reader = nil }
            state.isNew = true
            return (value, state.reader)
        }
        reader?.resume()
        return value
    }
}
