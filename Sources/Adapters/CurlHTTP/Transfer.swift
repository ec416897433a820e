import Domain
import Ports
import Synchronization
import Toolbox

/// One exchange, between the task that reads it and libcurl's thread that fills it.
///
/// libcurl's thread fills a buffer and pauses the transfer when it is full; the reader empties it
/// and has the transfer go on. Neither waits while it holds the lock.
final class Transfer: Sendable {
    /// How much lies here unread before a transfer is paused: what a slow reader costs.
    static let unreadByteCountMax = 256 * 1024

    let request: HTTPClientRequest
    let target: Target
    let policy: ProxyPolicy
    private let state = Mutex(State())

    private struct State {
        var head = ReplyHead()
        var unread: [UInt8] = []
        var byteCount = 0
        var isPaused = false
        /// When the other side was last heard, or began to be listened to.
        var heard = ContinuousClock.now
        /// Why an address was refused; it says more than what libcurl then says.
        var objection: Failure?
        /// Set once libcurl is done, the limit is passed or the reader gave up.
        var outcome: Result<Void, Failure>?
        /// Whether anything changed since the reader last looked.
        var isNew = false
        var reader: CheckedContinuation<Void, Never>?
    }

    init(_ request: HTTPClientRequest, to target: Target, by policy: ProxyPolicy) {
        self.request = request
        self.target = target
        self.policy = policy
    }

    /// What is wrong with a body that is larger than the request allows.
    var overLimit: Failure {
        Failure(
            .limitExceeded,
            "\(target.host): a reply of more than \(request.replyByteCountMax) bytes")
    }
}

/// The reader's side.
extension Transfer {
    /// Waits for the head.
    ///
    /// - Throws: What ended the transfer before.
    func head() async throws(Failure) -> ReplyHead {
        try await wait { state in
            if state.head.isComplete { return .success(state.head) }
            return state.outcome.map { outcome in
                outcome.flatMap {
                    .failure(Failure(.unavailable, "\(self.target.host): a reply without a head"))
                }
            }
        }
    }

    /// Waits for some of the body and takes all of it that is there.
    ///
    /// - Returns: The bytes, none at the end, and whether the transfer was paused for them.
    /// - Throws: What ended the transfer too early, after all that came before.
    func unread() async throws(Failure) -> (bytes: [UInt8], wasPaused: Bool) {
        try await wait { state in
            guard state.unread.isEmpty else {
                defer {
                    // Until now it was kept from saying anything.
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
                        precondition(state.reader == nil, "a reply is read by one reader")
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
                Failure(.cancelled, "\(self.target.host): the request was given up"))
        }
    }
}

/// libcurl's side.
extension Transfer {
    /// What is done with a piece of the body.
    enum Intake {
        case taken
        /// Not now: offer it again when the transfer goes on.
        case paused
        case refused
    }

    /// Whether it ended, so that there is nobody to fill it for.
    var isOver: Bool { state.withLock { $0.outcome != nil } }

    /// Judges an address that a socket is to open to, or has; an unknown one may not be reached.
    func mayReach(_ address: IPAddress?) -> Bool {
        if policy.rule == .any { return true }
        if let address, policy.rule.allows(address) { return true }
        state.withLock { state in
            state.objection = Failure(
                .untrustedHost, "\(self.target.host) is not at an address of the public internet")
        }
        return false
    }

    /// Takes one line of the head; false ends the transfer.
    func take(line: some Collection<UInt8>) -> Bool {
        change { state in
            if request.idleTimeout != nil { state.heard = .now }
            return state.head.take(line)
        }
    }

    /// Takes a piece of the body, unless enough lies unread or the limit is passed.
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

    /// When the other side has been silent for too long unless it is heard before; nil if never.
    var idleEnd: ContinuousClock.Instant? {
        guard let idleTimeout = request.idleTimeout else { return nil }
        return state.withLock { state in
            // Whoever is kept from speaking is not silent.
            state.isPaused ? .now + idleTimeout : state.heard + idleTimeout
        }
    }

    /// What is wrong with a idleTimeout that is too long: a connection on which nothing comes is as good as
    /// broken.
    var idleFailure: Failure {
        let seconds = (request.idleTimeout ?? .zero).secondsRoundedUp
        return Failure(.unavailable, "\(target.host): not a byte came for \(seconds) s")
    }

    /// Ends it; an objection says better than libcurl's failure why.
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
