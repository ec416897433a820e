/// Follows a JSON document byte by byte, only as far as is needed to find the records in it.
///
/// It knows strings and nesting, and leaves everything else to the parser: each part that it marks
/// off is parsed, and so is the document around the parts.
struct JSONOutline: Sendable {
    /// What stands at a byte of the document.
    enum Mark {
        /// The bracket that opens the list of records.
        case listStart
        /// A comma between two elements of that list.
        case separator
        /// The bracket that should close that list.
        case listEnd
        /// The line break after the document.
        case documentEnd
    }

    /// The line breaks so far.
    private(set) var lineBreakCount = 0

    private var isInString = false
    private var isEscaped = false
    // The open lists and objects.
    private var depth = 0
    // The value of `depth` inside the list of records, while that list is open.
    private var listDepth: Int?
    private var hasFoundList = false

    /// Finds the next mark.
    ///
    /// - Parameters:
    ///   - bytes: The buffer with the document.
    ///   - range: The bytes to look at, which follow those of the last call.
    ///   - start: The first byte that is still in the buffer.
    /// - Returns: The mark and its place, or nil if the bytes have none.
    mutating func next(
        in bytes: borrowing Span<UInt8>, _ range: Range<Int>, after start: Int
    ) -> (mark: Mark, place: Int)? {
        for place in range {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\n") {
                lineBreakCount += 1
                // A string cannot contain a line break, so the document is broken here.
                if isInString || depth == 0 { return (.documentEnd, place) }
            } else if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else if let mark = take(byte, bytes, start..<place) {
                return (mark, place)
            }
        }
        return nil
    }

    private mutating func take(
        _ byte: UInt8, _ bytes: borrowing Span<UInt8>, _ before: Range<Int>
    ) -> Mark? {
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: ","): if depth == listDepth { return .separator }
        case UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "["):
            depth += 1
            guard !hasFoundList, depth == 1 || depth == 2 && Self.endsWithName(bytes, before)
            else { break }
            hasFoundList = true
            listDepth = depth
            return .listStart
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            let isListEnd = depth == listDepth
            // A bracket too many is left to the parser.
            depth = max(depth - 1, 0)
            if isListEnd {
                listDepth = nil
                return .listEnd
            }
        default: break
        }
        return nil
    }

    private static let name = Array(#""day_totals""#.utf8)

    /// Whether bytes end with the name `day_totals` and a colon.
    private static func endsWithName(
        _ bytes: borrowing Span<UInt8>, _ range: Range<Int>
    ) -> Bool {
        let colon = lastVisible(bytes, range)
        guard let colon, bytes[colon] == UInt8(ascii: ":") else { return false }
        let quote = lastVisible(bytes, range.lowerBound..<colon)
        guard let quote, quote - range.lowerBound >= name.count else { return false }
        let first = quote + 1 - name.count
        for (index, byte) in name.enumerated() where bytes[first + index] != byte { return false }
        // Else the name only ends like this one.
        return bytes[first - 1] != UInt8(ascii: "\\")
    }

    private static func lastVisible(
        _ bytes: borrowing Span<UInt8>, _ range: Range<Int>
    ) -> Int? {
        range.last { bytes[$0] > UInt8(ascii: " ") }
    }
}
