import Domain

/// A parameter of a statement in the server's binary format, in which numbers are big-endian.
///
/// Source: the `recv` functions of PostgreSQL's types.
struct Parameter {
    /// The OID of the type.
    let type: UInt32
    /// The value; nil is NULL.
    let bytes: [UInt8]?

    static func text(_ value: String?) -> Parameter {
        // PostgreSQL's text cannot contain NUL.
        Parameter(type: 25, bytes: value.map { $0.utf8.map { $0 == 0 ? UInt8(ascii: "?") : $0 } })
    }

    static func bytes(_ value: [UInt8]) -> Parameter { Parameter(type: 17, bytes: value) }

    static func number(_ value: Int64) -> Parameter {
        Parameter(type: 20, bytes: bigEndian(value))
    }

    static func number(_ value: Int) -> Parameter { number(Int64(value)) }

    static func moment(_ value: Timestamp?) -> Parameter {
        Parameter(type: 1_184, bytes: value.map { bigEndian($0.microsecondsSince2000) })
    }

    static func texts(_ values: [String]?) -> Parameter {
        Parameter(
            type: 1_009,
            bytes: values.map { values in
                // One dimension, no NULLs, elements of type text, the count, the lower bound 1.
                var bytes = [1, 0, 25, Int32(values.count), 1].flatMap(bigEndian)
                for value in values {
                    bytes += bigEndian(Int32(value.utf8.count))
                    bytes += value.utf8
                }
                return bytes
            })
    }
}

private func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    stride(from: value.bitWidth - 8, through: 0, by: -8).map {
        UInt8(truncatingIfNeeded: value >> $0)
    }
}

extension Timestamp {
    private static let millisecondsUntil2000: Int64 = 946_684_800_000

    /// The server's representation.
    ///
    /// Times out of its range become its earliest or latest time.
    fileprivate var microsecondsSince2000: Int64 {
        let (since, isOut) = milliseconds.subtractingReportingOverflow(Self.millisecondsUntil2000)
        let (micro, isTooFar) = since.multipliedReportingOverflow(by: 1_000)
        guard isOut || isTooFar else { return micro }
        return milliseconds < 0 ? .min : .max
    }

    /// Creates a timestamp from the server's representation.
    init(microsecondsSince2000 micro: Int64) {
        self.init(milliseconds: micro / 1_000 + Self.millisecondsUntil2000)
    }
}
