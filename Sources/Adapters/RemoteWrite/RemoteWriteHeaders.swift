public import Domain
import Ports
import Toolbox

extension RemoteWriteSettings {
    /// Parses `REMOTE_WRITE_HEADERS`: `Name: value`, separated by line breaks, or by `;` in one
    /// line.
    ///
    /// - Parameter text: The value of the variable. In several lines, a `;` is part of a header's
    ///   value.
    /// - Returns: The values by lower-case name.
    /// - Throws: `misconfigured`. The message gives the number of a header, but no value.
    public static func parseHeaders(_ text: String) throws(Failure) -> [String: Secret] {
        let text = text.trimmed()
        let separator: Character = text.contains(where: \.isNewline) ? "\n" : ";"
        let lines = text.split { separator == ";" ? $0 == ";" : $0.isNewline }
        var headers: [String: Secret] = [:]
        for (index, line) in lines.enumerated() {
            let (name, value) = try parseHeader(line, number: index + 1)
            guard headers.updateValue(Secret(value), forKey: name) == nil else {
                throw Failure(
                    .misconfigured,
                    "REMOTE_WRITE_HEADERS has \(name) twice. Remove one of them.")
            }
        }
        return headers
    }

    private static func parseHeader(
        _ line: Substring, number: Int
    ) throws(Failure) -> (name: String, value: String) {
        func wrong(_ what: String) -> Failure {
            Failure(
                .misconfigured,
                "header \(number) in REMOTE_WRITE_HEADERS \(what). Write \"Name: value\", and separate "
                    + "headers with line breaks or \";\".")
        }
        guard let colon = line.firstIndex(of: ":") else { throw wrong("has no colon") }
        let name = line[..<colon].trimmed().lowercased()
        let value = line[line.index(after: colon)...].trimmed()
        guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else {
            throw wrong("has an invalid name")
        }
        guard !reserved.contains(name) else {
            throw Failure(
                .misconfigured,
                "REMOTE_WRITE_HEADERS sets \(name), which remote write itself sets. Remove it.")
        }
        // RFC 9110, section 5.5. A line break in a value would begin another header.
        guard !value.isEmpty, value.utf8.allSatisfy({ $0 == 9 || (32...126).contains($0) }) else {
            throw wrong("has a value that is empty or not ASCII")
        }
        return (name, value)
    }

    /// Whether a byte is allowed in a header name: `tchar` of RFC 9110, section 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// The headers of remote write, which "MUST NOT be overridden", and those of HTTP itself.
    private static let reserved: Set<String> = [
        "content-encoding", "content-type", "user-agent", "x-prometheus-remote-write-version",
        "connection", "content-length", "host", "te", "trailer", "transfer-encoding", "upgrade",
        "expect",
    ]
}
