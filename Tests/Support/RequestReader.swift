import Glibc

/// Reads requests of HTTP/1.1 off a socket, one after the other.
struct RequestReader {
    let socket: Int32
    let connection: Int
    private var unread: [UInt8] = []

    init(socket: Int32, connection: Int) {
        self.socket = socket
        self.connection = connection
    }

    /// Blocks until a whole request has come; nil when none comes any more.
    mutating func next() -> LoopbackServer.Request? {
        guard let head = head() else { return nil }
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            fields[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        let byteCount = fields["content-length"].flatMap { Int($0) } ?? 0
        while unread.count < byteCount {
            guard readMore() else { return nil }
        }
        let body = Array(unread.prefix(byteCount))
        unread.removeFirst(byteCount)
        return LoopbackServer.Request(
            method: String(words[0]), target: String(words[1]), fields: fields, body: body,
            connection: connection)
    }

    private mutating func head() -> [UInt8]? {
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let found = unread.firstRange(of: end) {
                defer { unread.removeFirst(found.upperBound) }
                return Array(unread[..<found.lowerBound])
            }
            // A method begins with a letter; TLS does not, and it would be waited for for ever.
            guard readMore(), let first = unread.first, 65...90 ~= first else { return nil }
        }
    }

    private mutating func readMore() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 64 * 1024)
        let count = unsafe recv(socket, &bytes, bytes.count, 0)
        guard count > 0 else { return false }
        unread += bytes[..<count]
        return true
    }
}
