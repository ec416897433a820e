/// Where a piece of work stands in a trace that somebody else keeps: the header field `traceparent`.
///
/// Source: <https://www.w3.org/TR/trace-context/#traceparent-header>. It is passed on as it came,
/// which that document allows to those who record no spans of their own.
public struct TraceParent: Hashable, Sendable, LosslessStringConvertible {
    /// The text as it came.
    public let description: String
    /// Names the trace, 32 hexadecimal digits.
    public let traceID: String
    /// Names the caller's span, 16 hexadecimal digits.
    public let spanID: String

    /// Checks a field; nil if it must be ignored.
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
