/// The header field `traceparent`: the position of work in a distributed trace.
///
/// This system passes it on unchanged, as the specification allows for participants that record no
/// spans. Source: <https://www.w3.org/TR/trace-context/#traceparent-header>.
public struct TraceParent: Hashable, Sendable, LosslessStringConvertible {
    /// The field's value, such as `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`.
    public let description: String
    /// The id of the trace, 32 hexadecimal digits.
    public let traceID: String
    /// The id of the caller's span, 16 hexadecimal digits.
    public let spanID: String

    /// Parses a field; nil if it is invalid and must be ignored.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let lengths = [2, 32, 16, 2]
        guard parts.count >= 4, parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            zip(parts, lengths).allSatisfy({ $0.count == $1 && Self.isHex($0) }),
            parts[1...2].allSatisfy({ part in part.contains { $0 != "0" } })
        else { return nil }
        description = text
        traceID = String(parts[1])
        spanID = String(parts[2])
    }

    private static func isHex(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { byte in
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
        }
    }
}
