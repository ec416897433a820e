#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The lines of a file that arrives in chunks, found in place.
///
/// It holds one line and what came with it, so it is as large as the longest line and a chunk; the
/// parser's padding stands behind the bytes.
struct LineBuffer: Sendable {
    /// A line without its line break.
    struct Line {
        /// Where it stands in ``LineBuffer/bytes``.
        var range: Range<Int>
        /// Its number in the file, from 1.
        var number: Int
        /// Where it begins in the file, in bytes from 0.
        var offset: Int
    }

    /// The buffer; padding follows what is filled.
    private(set) var bytes: [UInt8] = []
    private var start = 0
    private var end = 0
    // Up to where no line break was found.
    private var scanned = 0
    private var number = 0
    // Where `start` is in the file.
    private var offset = 0
    // The line at hand is so long that its long texts are left out; and how many bytes that were.
    private var longTexts: LongTexts?
    private var cutByteCount = 0
    // Up to where they were.
    private var cut = 0

    /// A line that is longer than this and not at its end is rid of its long texts.
    private static let longLineByteCount = 256 << 10

    /// Takes a chunk; lines given out before it are gone.
    mutating func append(_ chunk: [UInt8]) {
        if start > 0 {
            let held = start..<end
            unsafe bytes.withUnsafeMutableBytes { buffer in
                // Both ranges are of this buffer; the copy allows that they overlap.
                unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[held]))
            }
            end -= start
            scanned -= start
            cut -= start
            start = 0
        }
        let needed = end + chunk.count + JSONParser.padding
        // Room that nobody wrote to costs no memory, so there may be twice as much as is needed.
        if bytes.capacity < needed { bytes.reserveCapacity(max(needed, bytes.capacity * 2)) }
        if bytes.count < needed {
            bytes.append(contentsOf: repeatElement(0, count: needed - bytes.count))
        }
        bytes.replaceSubrange(end..<end + chunk.count, with: chunk)
        end += chunk.count
        if offset == 0, start == 0 { skipByteOrderMark() }
    }

    /// The next whole line, or nil until more chunks come; blank lines are passed over.
    mutating func next() -> Line? {
        while let newline = findNewline() {
            if longTexts != nil { blank(cutLongTexts(upTo: newline)..<newline) }
            let range = start..<newline
            let line = advance(past: newline + 1, range)
            if !isBlank(range) { return line }
        }
        if end - start > Self.longLineByteCount {
            let newEnd = cutLongTexts(upTo: end)
            cutByteCount += end - newEnd
            end = newEnd
            scanned = end
        }
        return nil
    }

    /// What is left without a line break when the file has ended, or nil if nothing is.
    mutating func rest() -> Line? {
        if longTexts != nil { blank(cutLongTexts(upTo: end)..<end) }
        let range = start..<end
        guard !isBlank(range) else { return nil }
        return advance(past: end, range)
    }

    /// Takes back the line that was given out last, to read it together with what follows.
    mutating func takeBack(_ line: Line) {
        offset = line.offset
        start = line.range.lowerBound
        number -= 1
    }

    /// The bytes that are held and not given out.
    var heldByteCount: Int { end - start }

    private mutating func advance(past next: Int, _ range: Range<Int>) -> Line {
        number += 1
        let line = Line(range: range, number: number, offset: offset)
        offset += next - start + cutByteCount
        start = next
        scanned = max(scanned, next)
        longTexts = nil
        cutByteCount = 0
        return line
    }

    /// Takes the long texts out of what there is of the line at hand.
    ///
    /// - Parameter end: Where that ends.
    /// - Returns: Where it ends afterwards.
    private mutating func cutLongTexts(upTo end: Int) -> Int {
        var texts = longTexts ?? LongTexts()
        cut = texts.cut(&bytes, (longTexts == nil ? start : cut)..<end)
        longTexts = texts
        return cut
    }

    /// Makes bytes that were moved away mean nothing.
    private mutating func blank(_ range: Range<Int>) {
        for place in range { bytes[place] = UInt8(ascii: " ") }
    }

    private mutating func findNewline() -> Int? {
        let from = scanned
        // The pointer is lent to the search, which only reads the filled part.
        let found: Int? = unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress, from < end else { return nil }
            guard let hit = unsafe memchr(base + from, 0x0A, end - from) else { return nil }
            return unsafe UnsafeRawPointer(hit) - UnsafeRawPointer(base)
        }
        scanned = found.map { $0 + 1 } ?? end
        return found
    }

    private func isBlank(_ range: Range<Int>) -> Bool {
        let bytes = bytes.span
        for index in range where bytes[index] > 0x20 { return false }
        return true
    }

    private mutating func skipByteOrderMark() {
        guard end - start >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF else { return }
        start = 3
        offset = 3
        scanned = max(scanned, 3)
    }
}
