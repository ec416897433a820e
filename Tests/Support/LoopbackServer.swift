import Dispatch
import Glibc
import Synchronization

/// Runs a server on loopback for as long as `use` runs.
///
///     try await withLoopbackServer { _ in [.reply(404)] } use: { server in … server.url … }
///
/// - Parameters:
///   - respond: Says what to do about a request; called on any of the server's threads.
///   - use: Uses the server.
/// - Returns: What `use` returns.
/// - Throws: What `use` throws, or why the server cannot listen.
public func withLoopbackServer<Result>(
    _ respond: @escaping @Sendable (LoopbackServer.Request) -> [LoopbackServer.Step],
    use: (LoopbackServer) async throws -> Result
) async throws -> Result {
    let server = try LoopbackServer(respond)
    do {
        let result = try await use(server)
        await server.stop()
        return result
    } catch {
        await server.stop()
        throw error
    }
}

/// A server of HTTP/1.1 on loopback that answers by script, and badly if told to.
///
/// Each connection has a thread: it reads a request, does the steps it is answered with in order,
/// and reads the next.
public final class LoopbackServer: Sendable {
    /// A request as it arrived.
    public struct Request: Sendable {
        /// The method.
        public var method: String
        /// The path and the query.
        public var target: String
        /// The header fields by lower-case name; of a repeated one, the last.
        public var fields: [String: String]
        /// The body.
        public var body: [UInt8]
        /// By which connection it came, counted from 0.
        public var connection: Int
    }

    /// One thing to do for an answer.
    public enum Step: Sendable {
        /// Sends these bytes as they are.
        case send([UInt8])
        /// Waits until the test opens the gate.
        case wait(Gate)
        /// Opens the gate, to tell the test that the steps before are done.
        case open(Gate)
        /// Waits until the client hangs up.
        case awaitHangUp
        /// Closes the connection in order.
        case close
        /// Breaks the connection off.
        case reset

        /// Sends text as it is.
        public static func send(_ text: String) -> Step { .send(Array(text.utf8)) }

        /// Sends a whole reply.
        ///
        /// - Parameters:
        ///   - status: The status code.
        ///   - fields: Header fields beside `content-length`, which is added.
        ///   - body: The body.
        /// - Returns: The step that sends it.
        public static func reply(
            _ status: Int = 200, _ fields: [String: String] = [:], _ body: [UInt8] = []
        ) -> Step {
            let lines = fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }
            let head = "HTTP/1.1 \(status) Scripted\r\n\(lines.joined())"
            return .send(Array("\(head)content-length: \(body.count)\r\n\r\n".utf8) + body)
        }
    }

    /// Why it does not listen.
    public struct NotListening: Error {
        /// The number of the system's error.
        public let code: Int32
    }

    /// The port, chosen by the system.
    public let port: Int
    /// Is opened when bytes it sends are not taken for a quarter of a second.
    public let stalled = Gate()

    private let listener: Int32
    private let respond: @Sendable (Request) -> [Step]
    private let threads = DispatchGroup()
    private let state = Mutex(State())

    private struct State {
        var requests: [Request] = []
        var connectionCount = 0
        var sentByteCount = 0
        var openSockets: Set<Int32> = []
        var gates: [Gate] = []
        var isStopped = false
    }

    /// Where it listens, without a slash at the end.
    public var url: String { "http://127.0.0.1:\(port)" }
    /// Every request so far, in the order of arrival.
    public var requests: [Request] { state.withLock { $0.requests } }
    /// How many connections came so far.
    public var connectionCount: Int { state.withLock { $0.connectionCount } }
    /// How many bytes it could send so far.
    public var sentByteCount: Int { state.withLock { $0.sentByteCount } }

    fileprivate init(
        _ respond: @escaping @Sendable (Request) -> [Step]
    ) throws(NotListening) {
        self.respond = respond
        (listener, port) = try Self.listen()
        start { server in server.acceptConnections() }
    }

    private static func listen() throws(NotListening) -> (socket: Int32, port: Int) {
        let listener = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard unsafe bind(listener, pointer, length) == 0,
                    unsafe getsockname(listener, pointer, &length) == 0
                else { return false }
                return Glibc.listen(listener, 128) == 0
            }
        }
        guard isListening else { throw NotListening(code: errno) }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// Ends every connection and every wait, and returns when the last thread is done.
    fileprivate func stop() async {
        let gates = state.withLock { state in
            state.isStopped = true
            for socket in state.openSockets { shutdown(socket, Int32(SHUT_RDWR)) }
            return state.gates
        }
        shutdown(listener, Int32(SHUT_RDWR))
        for gate in gates { gate.open() }
        await withCheckedContinuation { continuation in
            threads.notify(queue: .global()) { continuation.resume() }
        }
        close(listener)
    }

    // A serial queue gets a thread of its own for as long as its work blocks.
    private func start(_ work: @escaping @Sendable (LoopbackServer) -> Void) {
        DispatchQueue(label: "loopback").async(group: threads) { work(self) }
    }

    private func acceptConnections() {
        while true {
            let socket = accept(listener, nil, nil)
            guard socket >= 0 else { return }
            // A child process of another test must not keep this connection open.
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            let number = state.withLock { state -> Int? in
                guard !state.isStopped else { return nil }
                state.openSockets.insert(socket)
                state.connectionCount += 1
                return state.connectionCount - 1
            }
            guard let number else {
                close(socket)
                return
            }
            start { server in server.serve(socket, number) }
        }
    }

    private func serve(_ socket: Int32, _ number: Int) {
        var reader = RequestReader(socket: socket, connection: number)
        answering: while let request = reader.next() {
            state.withLock { $0.requests.append(request) }
            for step in respond(request) {
                guard perform(step, on: socket) else { break answering }
            }
        }
        // Out of the set first: a number that is closed may at once be another's.
        state.withLock { state in
            state.openSockets.remove(socket)
            close(socket)
        }
    }

    /// Does one step; false when the connection is to end.
    private func perform(_ step: Step, on socket: Int32) -> Bool {
        switch step {
        case .send(let bytes):
            return send(bytes, to: socket)
        case .wait(let gate):
            let isStopped = state.withLock { state in
                state.gates.append(gate)
                return state.isStopped
            }
            if !isStopped { gate.block() }
            return true
        case .open(let gate):
            gate.open()
            return true
        case .awaitHangUp:
            var byte: UInt8 = 0
            while unsafe recv(socket, &byte, 1, 0) > 0 {}
            return true
        case .close:
            return false
        case .reset:
            var lingering = linger(l_onoff: 1, l_linger: 0)
            unsafe setsockopt(
                socket, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
            return false
        }
    }

    private func send(_ bytes: [UInt8], to socket: Int32) -> Bool {
        var sentCount = 0
        while sentCount < bytes.count {
            var readiness = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
            if unsafe poll(&readiness, 1, 250) == 0 { stalled.open() }
            let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
            let count = unsafe bytes[sentCount...].withUnsafeBytes { rest in
                unsafe Glibc.send(socket, rest.baseAddress, min(rest.count, 64 * 1024), flags)
            }
            if count < 0, errno == EAGAIN { continue }
            guard count > 0 else { return false }
            sentCount += count
            state.withLock { $0.sentByteCount += count }
        }
        return true
    }
}
