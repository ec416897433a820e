import JSONTape

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The records of one file, found in its bytes as they arrive.
///
/// A record is a line, or an element of the file's list: a file may be one JSON list, or one object
/// with a list called `day_totals`, laid out over any number of lines.
///
///     {"user_id":1}⏎{"user_id":2}⏎            {"user_id":1}   {"user_id":2}
///     [{"user_id":1}, {"user_id":2}]          {"user_id":1}   {"user_id":2}   []
///     {"day_totals":[{"day":1},{"day":2}]}    {"day":1}       {"day":2}       {"day_totals":[]}
///
/// After the elements of a list comes the document around them, so that the parser sees whether that
/// is JSON. The buffer holds one chunk and one record.
struct RecordStream: Sendable {
    /// A record, or the document around a list of records.
    struct Item {
        /// Its bytes in ``RecordStream/bytes``, without a line break at the end.
        var range: Range<Int>
        /// The line it begins on, from 1.
        var line: Int
        /// The offset of its first byte in the file.
        var offset: Int
        /// Its number in the file's list, from 1; nil for a document.
        var element: Int?
    }

    /// The buffer; at least ``JSONParser/padding`` bytes follow each item.
    private(set) var bytes: [UInt8] = []

    private let file: Int
    private let recordByteCountMax: Int
    // What has arrived and is not consumed is start..<end; up to `scanned` it was searched.
    private var start = 0
    private var scanned = 0
    private var end = 0
    private var receivedByteCount = 0
    // The place of `start` in the file.
    private var line = 1
    private var offset = 0
    // Of the first document. Only that one may span lines; all others are found by their line breaks.
    private var outline: JSONOutline? = JSONOutline()
    private var list: List?

    /// The list of records that is being read.
    private struct List {
        /// The document around it, up to its opening bracket.
        var opening: [UInt8]
        var line: Int
        var offset: Int
        var elementCount = 0
        var isClosed = false
    }

    /// Creates the stream of a file.
    ///
    /// - Parameters:
    ///   - file: The number of the file in its report, from 1.
    ///   - recordByteCountMax: The size of the largest record to accept, in bytes.
    init(file: Int, recordByteCountMax: Int) {
        self.file = file
        self.recordByteCountMax = recordByteCountMax
    }

    /// Adds the next chunk of the file, and overwrites the items that were returned before.
    mutating func append(_ chunk: [UInt8]) {
        if start > 0 {
            let held = start..<end
            unsafe bytes.withUnsafeMutableBytes { buffer in
                // Both ranges are of this buffer; the copy allows that they overlap.
                unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[held]))
            }
            end -= start
            scanned -= start
            start = 0
        }
        let needed = end + chunk.count + JSONParser.padding
        // Capacity that was never written to takes no memory, so twice as much costs nothing.
        if bytes.capacity < needed { bytes.reserveCapacity(max(needed, bytes.capacity * 2)) }
        if bytes.count < needed {
            bytes.append(contentsOf: repeatElement(0, count: needed - bytes.count))
        }
        bytes.replaceSubrange(end..<end + chunk.count, with: chunk)
        end += chunk.count
        receivedByteCount += chunk.count
        if offset == 0 { skipByteOrderMark() }
    }

    /// Consumes the next item; skips blank lines.
    ///
    /// - Parameter isAtEnd: Whether the file has ended, which ends its last line too.
    /// - Returns: The item, or nil if it needs more of the file.
    /// - Throws: ``ReportError`` if the record is too large, or the file ends within its list.
    mutating func next(isAtEnd: Bool = false) throws(ReportError) -> Item? {
        while true {
            if list?.isClosed == true { restoreDocument() }
            guard let mark = outline == nil ? findLineBreak() : findMark() else { break }
            if let item = try take(mark, at: scanned - 1) { return item }
        }
        let rest = try item(start..<end)
        guard isAtEnd else { return nil }
        if list != nil { throw error(rest, Self.endsEarly) }
        consume(to: end)
        return isBlank(rest.range) ? nil : rest
    }

    /// Why a file that was cut off cannot be read.
    static let endsEarly = "the file ends within a record"

    /// Describes what is wrong with an item.
    func error(_ item: Item, _ why: String) -> ReportError {
        ReportError(
            file: file, line: item.line, record: item.element, offset: item.offset, why: why)
    }

    /// Searches the first document.
    private mutating func findMark() -> JSONOutline.Mark? {
        guard var outline else { return nil }
        let found = outline.next(in: bytes.span, scanned..<end, after: start)
        self.outline = outline
        scanned = found.map { $0.place + 1 } ?? end
        return found?.mark
    }

    private mutating func findLineBreak() -> JSONOutline.Mark? {
        // The pointer is lent to the search, which only reads what has arrived.
        let place: Int? = unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress, scanned < end else { return nil }
            guard let hit = unsafe memchr(base + scanned, 0x0A, end - scanned) else { return nil }
            return unsafe UnsafeRawPointer(hit) - UnsafeRawPointer(base)
        }
        scanned = place.map { $0 + 1 } ?? end
        return place == nil ? nil : .documentEnd
    }

    /// Consumes the bytes up to a mark and the mark itself.
    ///
    /// - Returns: The item that the mark ends, if there is one.
    private mutating func take(
        _ mark: JSONOutline.Mark, at place: Int
    ) throws(ReportError) -> Item? {
        switch mark {
        case .documentEnd:
            let found = try item(start..<place)
            consume(to: place + 1)
            guard !isBlank(found.range) else { return nil }
            outline = nil
            return found
        case .listStart:
            let opening = try item(start..<place)
            list = List(
                opening: Array(bytes[start...place]), line: opening.line, offset: opening.offset)
            consume(to: place + 1)
            return nil
        case .separator:
            let found = try item(start..<place)
            consume(to: place + 1)
            list?.elementCount += 1
            return found
        case .listEnd:
            let found = try item(start..<place)
            consume(to: place)
            list?.isClosed = true
            // After a comma an element is missing; an empty list has none.
            return list?.elementCount == 0 && isBlank(found.range) ? nil : found
        }
    }

    /// Puts the document around the list together again, without the elements.
    private mutating func restoreDocument() {
        guard let list else { return }
        bytes.insert(contentsOf: list.opening, at: start)
        end += list.opening.count
        scanned += list.opening.count
        (line, offset) = (list.line, list.offset)
        self.list = nil
    }

    /// The item at `start`, checked for its size.
    private func item(_ range: Range<Int>) throws(ReportError) -> Item {
        let found =
            list.map { element(range, of: $0) } ?? Item(range: range, line: line, offset: offset)
        guard range.count <= recordByteCountMax else {
            throw error(
                found,
                "the record is larger than \(recordByteCountMax >> 20) MiB, the limit for one record"
            )
        }
        return found
    }

    private func element(_ range: Range<Int>, of list: List) -> Item {
        guard let first = range.first(where: { bytes[$0] > UInt8(ascii: " ") }) else {
            // A missing element is a fault of the document.
            return Item(range: range, line: list.line, offset: list.offset)
        }
        let lineBreaks = bytes[range.lowerBound..<first].count { $0 == UInt8(ascii: "\n") }
        return Item(
            range: first..<range.upperBound, line: line + lineBreaks,
            offset: offset + first - range.lowerBound, element: list.elementCount + 1)
    }

    private mutating func consume(to next: Int) {
        line = outline.map { $0.lineBreakCount + 1 } ?? line + 1
        offset = receivedByteCount - (end - next)
        start = next
        scanned = max(scanned, next)
    }

    private func isBlank(_ range: Range<Int>) -> Bool {
        let bytes = bytes.span
        for index in range where bytes[index] > UInt8(ascii: " ") { return false }
        return true
    }

    private mutating func skipByteOrderMark() {
        guard end - start >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF else { return }
        start = 3
        offset = 3
        scanned = max(scanned, 3)
    }
}
