/// Texts and their replacements, applied in one pass however many there are.
///
/// A recording of a day learns thousands of secrets: searching for one after the other would take
/// minutes.
struct Replacements {
    private struct Pair {
        let text: [UInt8]
        let replacement: [UInt8]
    }

    /// A text is looked up by its first bytes, so it has at least this many.
    private static let keyByteCount = 8

    // Longest first, so that a text is not found inside another.
    private var pairs: [UInt64: [Pair]] = [:]

    /// Adds a text of at least eight bytes.
    mutating func add(_ text: [UInt8], _ replacement: [UInt8]) {
        precondition(text.count >= Self.keyByteCount, "a shorter text could not be looked up")
        let key = text.prefix(Self.keyByteCount).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        pairs[key, default: []].append(Pair(text: text, replacement: replacement))
        pairs[key]?.sort { $0.text.count > $1.text.count }
    }

    /// Applies the replacements to a text, from left to right.
    func applied(to bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        // The last eight bytes read; the result lacks everything from `start` on.
        var (key, start, index) = (UInt64(0), 0, 0)
        while index < bytes.count {
            key = key << 8 | UInt64(bytes[index])
            index += 1
            let place = index - Self.keyByteCount
            guard place >= start, let found = pair(key, at: place, in: bytes) else { continue }
            result += bytes[start..<place]
            result += found.replacement
            start = place + found.text.count
            index = start
        }
        return result + bytes[start...]
    }

    private func pair(_ key: UInt64, at place: Int, in bytes: [UInt8]) -> Pair? {
        pairs[key]?.first { bytes[place...].starts(with: $0.text) }
    }
}
