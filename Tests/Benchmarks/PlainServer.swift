import Dispatch
import Domain
import Glibc
import Ports

/// A server of HTTP/1.1 on loopback that costs as little as can be, so that what is measured is its
/// client: a thread and 64 KiB a connection, and files are sent as they lie on the disk.
struct PlainServer: Sendable {
    /// A request; of a body of more than 64 KiB only the beginning is there.
    struct Request {
        var path: String
        var body: [UInt8]
        /// The bytes of the whole body.
        var byteCount: Int
    }

    /// What is answered, always with status 200.
    enum Answer {
        case empty
        case json(String)
        /// A file, with a pause before each 64 KiB of it.
        case file(String, pause: Duration)
        /// Nothing, after a pause.
        case late(Duration)
    }

    let port: Int
    private let listener: Int32

    /// Where it listens, without a slash at the end.
    var url: String { "http://127.0.0.1:\(port)" }

    init(_ answer: @escaping @Sendable (Request) -> Answer) throws(Failure) {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // The address is lent for the calls, as the type that the system declares for all of them.
        let isListening = unsafe withUnsafeMutablePointer(to: &address) { [listener] pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard unsafe bind(listener, pointer, length) == 0,
                    unsafe getsockname(listener, pointer, &length) == 0
                else { return false }
                return listen(listener, 16) == 0
            }
        }
        guard isListening else { throw Failure(.unavailable, "no socket on loopback") }
        port = Int(UInt16(bigEndian: address.sin_port))
        Self.start { [listener] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                Self.start {
                    Self.serve(connection, answer)
                    close(connection)
                }
            }
        }
    }

    /// Takes no further connection; those there are end with their clients.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    // A serial queue has a thread for as long as its work blocks.
    private static func start(_ work: @escaping @Sendable () -> Void) {
        DispatchQueue(label: "server").async(execute: work)
    }

    private static func serve(_ connection: Int32, _ answer: (Request) -> Answer) {
        let end = Array("\r\n\r\n".utf8)
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var head: [UInt8] = []
        var request = Request(path: "", body: [], byteCount: 0)
        // What is still to come of the body at hand.
        var rest = 0
        while true {
            let count = unsafe recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            if rest > 0 {
                // A client sends the next request when this one is answered, so what came is body.
                rest -= count
                if request.body.count < buffer.count { request.body += buffer[..<count] }
            } else {
                head += buffer[..<count]
                guard let found = head.firstRange(of: end) else { continue }
                let text = String(decoding: head[..<found.lowerBound], as: UTF8.self)
                let byteCount = contentLength(text)
                request = Request(
                    path: path(text), body: Array(head[found.upperBound...]), byteCount: byteCount)
                rest = byteCount - request.body.count
                head.removeAll(keepingCapacity: true)
            }
            guard rest <= 0 else { continue }
            guard send(answer(request), to: connection) else { return }
        }
    }

    private static func path(_ head: String) -> String {
        head.split(separator: " ", maxSplits: 2).dropFirst().first.map(String.init) ?? ""
    }

    private static func contentLength(_ head: String) -> Int {
        for line in head.split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
            return Int(parts[1].drop { $0 == " " }) ?? 0
        }
        return 0
    }
}

/// Answering.
extension PlainServer {
    private static func send(_ answer: Answer, to connection: Int32) -> Bool {
        switch answer {
        case .empty: return send(head(0), to: connection)
        case .json(let text): return send(head(text.utf8.count) + text, to: connection)
        case .late(let pause):
            sleep(pause)
            return send(head(0), to: connection)
        case .file(let path, let pause): return sendFile(path, pause, to: connection)
        }
    }

    private static func head(_ byteCount: Int) -> String {
        "HTTP/1.1 200 OK\r\ncontent-length: \(byteCount)\r\n\r\n"
    }

    private static func send(_ text: String, to connection: Int32) -> Bool {
        let bytes = Array(text.utf8)
        return unsafe Glibc.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    private static func sendFile(_ path: String, _ pause: Duration, to connection: Int32) -> Bool {
        // The path is lent for the call.
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        let byteCount = Int(lseek(file, 0, SEEK_END))
        guard file >= 0, send(head(byteCount), to: connection) else { return false }
        var offset: off_t = 0
        while offset < byteCount {
            sleep(pause)
            // The kernel copies from the file to the socket; the offset is lent for the call.
            guard unsafe sendfile(connection, file, &offset, 64 << 10) > 0 else { return false }
        }
        return true
    }

    private static func sleep(_ pause: Duration) {
        guard pause > .zero else { return }
        usleep(UInt32(pause / .microseconds(1)))
    }
}
