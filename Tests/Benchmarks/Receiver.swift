import Dispatch
import Glibc
import Ports

/// Lends the address of a receiver on loopback that reads requests and acknowledges them.
///
/// It keeps nothing and looks at nothing but the length of a body: so what is measured is the
/// sender, and a connection's thread needs 64 KiB.
func withReceiver<Result>(_ body: (_ url: String) async throws -> Result) async throws -> Result {
    let receiver = try Receiver()
    defer { receiver.stop() }
    return try await body("http://127.0.0.1:\(receiver.port)/api/v1/write")
}

private struct Receiver {
    let port: Int
    private let listener: Int32

    init() throws(Failure) {
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
                Self.start {
                    Self.serve(connection)
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
        DispatchQueue(label: "receiver").async(execute: work)
    }

    private static func serve(_ connection: Int32) {
        let answer = Array("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".utf8)
        let end = Array("\r\n\r\n".utf8)
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var head: [UInt8] = []
        // What is still to come of the body at hand.
        var rest = 0
        while true {
            let count = unsafe recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            if rest > 0 {
                // A client sends the next request when this one is answered, so what came is body.
                rest -= count
            } else {
                head += buffer[..<count]
                guard let found = head.firstRange(of: end) else { continue }
                rest = contentLength(head[..<found.lowerBound]) - (head.count - found.upperBound)
                head.removeAll(keepingCapacity: true)
            }
            guard rest <= 0 else { continue }
            guard unsafe send(connection, answer, answer.count, Int32(MSG_NOSIGNAL)) > 0 else {
                return
            }
        }
    }

    private static func contentLength(_ head: ArraySlice<UInt8>) -> Int {
        for line in String(decoding: head, as: UTF8.self).split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
            return Int(parts[1].drop { $0 == " " }) ?? 0
        }
        return 0
    }
}
