import JSONTape

/// The name of a field in a form that is quick to compare: its length, its first 16 bytes and its
/// last 16, which is all of a name of up to 32 bytes.
struct FieldName: Sendable {
    /// The longest name that is covered completely, in bytes.
    static let byteCountMax = 32

    /// The length of the name, in bytes.
    let count: Int32
    private let first: (UInt64, UInt64)
    private let last: (UInt64, UInt64)

    /// Creates a name.
    ///
    /// - Parameters:
    ///   - count: Its length, in bytes.
    ///   - word: Returns eight bytes from an offset; up to seven of them may be past the name's end.
    @inline(__always)
    init(count: Int, _ word: (Int) -> UInt64) {
        self.count = Int32(truncatingIfNeeded: count)
        if count >= 16 {
            first = (word(0), word(8))
            last = (word(count - 16), word(count - 8))
        } else if count >= 8 {
            first = (word(0), 0)
            last = (0, word(count - 8))
        } else {
            // The bytes past the end are shifted out; a shift by 64 leaves nothing.
            first = (word(0) << UInt64(64 - 8 * count), 0)
            last = (0, 0)
        }
    }

    /// Creates a name from a string.
    init(_ name: String) {
        let bytes = Array(name.utf8)
        self.init(count: bytes.count) { offset in
            bytes.dropFirst(offset).prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    /// Whether two names have the same length, first and last bytes.
    @inline(__always)
    static func == (lhs: FieldName, rhs: FieldName) -> Bool {
        let differences =
            (lhs.first.0 ^ rhs.first.0) | (lhs.first.1 ^ rhs.first.1)
            | (lhs.last.0 ^ rhs.last.0) | (lhs.last.1 ^ rhs.last.1)
        return lhs.count == rhs.count && differences == 0
    }

    /// A hash of the name and a node; the factor is that of Fibonacci hashing.
    func hash(_ node: Int) -> Int {
        let ends = (first.0 ^ first.1 &* 3) &+ (last.0 ^ last.1 &* 31)
        let mixed = ends &+ UInt64(truncatingIfNeeded: node &* 8 &+ Int(count))
        return Int(truncatingIfNeeded: (mixed &* 0x9E37_79B9_7F4A_7C15) >> 32)
    }
}

extension Tape {
    /// Calls `body` with the name of the field at `place`.
    @inline(__always)
    func withName<Output>(
        at place: Int, _ body: (FieldName, borrowing Span<UInt8>) -> Output
    ) -> Output {
        withString(at: place) { text in
            // simdjson's buffer goes on for 64 bytes after the last string.
            let name = unsafe text.withUnsafeBytes { text in
                FieldName(count: text.count) { offset in
                    guard let start = text.baseAddress else { return 0 }
                    let word = unsafe (start + offset).loadUnaligned(as: UInt64.self)
                    return UInt64(littleEndian: word)
                }
            }
            return body(name, text)
        }
    }
}
