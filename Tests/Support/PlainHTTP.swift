import Dispatch
public import Domain
import Glibc
public import Ports

/// HTTP to a port of this machine over a bare socket: the tests' own client.
///
/// It shares nothing with the transport of the product, so that one may be tested with the other.
/// It speaks HTTP/1.0, whose replies end with the connection.
public struct PlainHTTP: HTTPTransport {
    /// Creates a client.
    public init() {}

    /// Sends one request to `http://127.0.0.1:port/…`; see ``HTTPTransport``.
    public func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        let result = await withCheckedContinuation { continuation in
            // Reading blocks, and the threads of Swift's tasks are few.
            DispatchQueue.global().async {
                continuation.resume(
                    returning: Result { () throws(Failure) in try Self.exchange(request) })
            }
        }
        return try result.get()
    }

    /// Sends bytes as they are to a port of this machine, and reads until the other side hangs up.
    ///
    /// - Parameters:
    ///   - text: What to send: a request, or what a server has to cope with.
    ///   - port: The port.
    ///   - timeout: The longest wait for anything to come.
    /// - Returns: All that came.
    /// - Throws: `unavailable` if nobody listens, `timedOut` if the other side does not hang up.
    public static func exchange(
        _ text: String, with port: Int, timeout: Duration = .seconds(20)
    ) async throws(Failure) -> String {
        let result = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    returning: Result { () throws(Failure) in
                        let socket = try LoopbackSocket.connected(
                            to: UInt16(port), timeout: timeout)
                        try socket.send(Array(text.utf8))
                        return String(decoding: try socket.receiveAll(), as: UTF8.self)
                    })
            }
        }
        return try result.get()
    }

    private static func exchange(_ request: HTTPClientRequest) throws(Failure) -> HTTPClientResponse
    {
        let prefix = "http://127.0.0.1:"
        guard request.url.hasPrefix(prefix) else {
            throw Failure(.untrustedHost, "\(request.url) is not on this machine")
        }
        let rest = request.url.dropFirst(prefix.count)
        let port = UInt16(rest.prefix { $0 != "/" }) ?? 0
        let path = rest.drop { $0 != "/" }
        var head = "\(request.method) \(path.isEmpty ? "/" : path) HTTP/1.0\r\n"
        head += "host: 127.0.0.1:\(port)\r\ncontent-length: \(request.body.count)\r\n"
        for (name, value) in request.fields { head += "\(name): \(value)\r\n" }
        for (name, value) in request.secretFields {
            value.reveal { head += "\(name): \($0)\r\n" }
        }
        let socket = try LoopbackSocket.connected(to: port, timeout: request.timeout)
        try socket.send(Array("\(head)\r\n".utf8) + request.body)
        return try parse(try socket.receiveAll())
    }

    private static func parse(_ bytes: [UInt8]) throws(Failure) -> HTTPClientResponse {
        let blank = Array("\r\n\r\n".utf8)
        guard let end = bytes.firstRange(of: blank) else {
            throw Failure(.unavailable, "the connection broke before the reply's head was there")
        }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
            .split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { throw Failure(.malformedReply, "the reply has no status") }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            fields[line[..<colon].lowercased(), default: ""] += value
        }
        return HTTPClientResponse(
            status: status, fields: fields, bytes: Array(bytes[end.upperBound...]))
    }
}

/// A TCP socket of the loopback interface, closed when the value goes.
///
/// What is unsafe here lends a buffer to a system call, which does not keep it.
struct LoopbackSocket: ~Copyable {
    private let descriptor: CInt

    deinit { close(descriptor) }

    /// Listens on nothing, but has a free port of its own.
    init() throws(Failure) {
        let descriptor = socket(
            AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(.unavailable, "no socket") }
        self.descriptor = descriptor
    }

    /// A socket that is connected to a port.
    static func connected(to port: UInt16, timeout: Duration) throws(Failure) -> LoopbackSocket {
        let socket = try LoopbackSocket()
        var limit = timeval()
        limit.tv_sec = Int(timeout.components.seconds)
        limit.tv_usec = Int(timeout.components.attoseconds / 1_000_000_000_000)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            let size = socklen_t(MemoryLayout<timeval>.size)
            unsafe _ = setsockopt(socket.descriptor, SOL_SOCKET, option, &limit, size)
        }
        let status = unsafe withAddress(port) { unsafe connect(socket.descriptor, $0, $1) }
        guard status == 0 else { throw Failure(.unavailable, "nobody listens on port \(port)") }
        return socket
    }

    /// Takes a free port and says which.
    func bindToFreePort() throws(Failure) -> UInt16 {
        guard unsafe Self.withAddress(0, { unsafe bind(descriptor, $0, $1) }) == 0 else {
            throw Failure(.unavailable, "no free port")
        }
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe _ = getsockname(descriptor, address, &size)
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    func send(_ bytes: [UInt8]) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.send(
                    descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
            }
            // A server that answers early closes early; its answer says why.
            guard count > 0 else { return }
            rest.removeFirst(count)
        }
    }

    func receiveAll() throws(Failure) -> [UInt8] {
        var all: [UInt8] = []
        while true {
            var status = 0
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                status = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
                count = max(0, status)
            }
            if status == 0 { return all }
            guard status > 0 else {
                if errno == EAGAIN { throw Failure(.timedOut, "no reply in time") }
                if all.isEmpty { throw Failure(.unavailable, "the connection broke") }
                return all
            }
            all += chunk
        }
    }

    private static func withAddress(
        _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe body(address, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

/// A port of the loopback interface that was free a moment ago, for a program that must be told one.
public func freePort() throws(Failure) -> UInt16 { try LoopbackSocket().bindToFreePort() }
