#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The lines of a file that arrives in chunks, found in place.
///
/// A line is a document, and only the first document of a file may be laid out over several lines. A
/// long one is given out in pieces, see ``LongDocument``. So the buffer holds a chunk and a line or
/// a piece; the parser's padding stands behind the bytes.
struct LineBuffer: Sendable {
    /// A document, or a piece of one that is a document by itself.
    struct Piece {
        /// Where it stands in ``LineBuffer/bytes``, without a line break behind it.
        var range: Range<Int>
        /// The number of the line in the file that the document begins on, from 1.
        var number: Int
        /// Where the document begins in the file, in bytes from 0.
        var offset: Int
        /// Nil if it begins with what the document before it did not have; else it begins in the
        /// middle of the last record, in so many of its lists and objects.
        var depthInRecord: Int?
        /// Whether its last record goes on in the next piece.
        var isContinued: Bool
    }

    /// A document is cut behind so many bytes, if it goes on.
    static let pieceByteCount = 64 << 10

    /// The buffer; padding follows what is filled.
    private(set) var bytes: [UInt8] = []
    private var start = 0
    private var end = 0
    // Up to where no line break was found.
    private var scanned = 0
    // The lines before the document at hand, and where it begins in the file.
    private var lineCount = 0
    private var offset = 0
    private var receivedByteCount = 0

    private let identity: [[UInt8]]
    private let pieceByteCount: Int
    private var isFirst = true
    // The document at hand if it is long or the first, and up to where it was followed.
    private var document: LongDocument?
    private var followed = 0
    // What the next piece begins in.
    private var depthInRecord: Int?
    // The piece given out last is closed by what stands in the place of these bytes of the next.
    private var overwritten: (place: Int, bytes: [UInt8], next: Int)?

    /// Creates an empty buffer.
    ///
    /// - Parameters:
    ///   - identity: The fields of a record that say whose it is.
    ///   - pieceByteCount: A document is cut behind so many bytes.
    init(identity: [[UInt8]], pieceByteCount: Int = Self.pieceByteCount) {
        self.identity = identity
        self.pieceByteCount = pieceByteCount
    }

    /// Takes a chunk, when all that was there before was given out; what was given out is gone.
    mutating func append(_ chunk: [UInt8]) {
        if start > 0 {
            let held = start..<end
            unsafe bytes.withUnsafeMutableBytes { buffer in
                // Both ranges are of this buffer; the copy allows that they overlap.
                unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[held]))
            }
            end -= start
            scanned -= start
            followed -= start
            start = 0
        }
        let needed = end + chunk.count + LongDocument.depthMax + JSONParser.padding
        // Room that nobody wrote to costs no memory, so there may be twice as much as is needed.
        if bytes.capacity < needed { bytes.reserveCapacity(max(needed, bytes.capacity * 2)) }
        if bytes.count < needed {
            bytes.append(contentsOf: repeatElement(0, count: needed - bytes.count))
        }
        bytes.replaceSubrange(end..<end + chunk.count, with: chunk)
        end += chunk.count
        receivedByteCount += chunk.count
        if offset == 0, start == 0 { skipByteOrderMark() }
    }

    /// Gives out the next document or piece of one; blank lines are passed over.
    ///
    /// - Parameter isAtEnd: Whether the file has ended: then what is left is a document too.
    /// - Returns: The piece, or nil until more chunks come.
    mutating func next(isAtEnd: Bool = false) -> Piece? {
        beginPiece()
        while true {
            if document == nil {
                let newline = findNewline()
                if isFirst || (newline ?? end) - start > pieceByteCount {
                    document = LongDocument(identity: identity, isOneLine: !isFirst)
                    followed = start
                } else if let newline {
                    if let piece = endDocument(start..<newline, next: newline + 1) { return piece }
                    continue
                }
            }
            switch document?.follow(&bytes, followed..<end, past: start + pieceByteCount) {
            case .cut(let comma, let next): return cut(at: comma, next: next)
            case .document(let kept, let newline):
                if let piece = endDocument(start..<kept, next: newline + 1) { return piece }
                continue
            case .end(let kept):
                end = kept
                scanned = kept
                followed = kept
            case nil: break
            }
            return isAtEnd ? endDocument(start..<end, next: end) : nil
        }
    }

    /// The bytes that are held and not given out.
    var heldByteCount: Int { end - start }

    /// A piece of nothing, to say where the document at hand begins.
    var place: Piece { piece(start..<start, isContinued: false) }

    private func piece(_ range: Range<Int>, isContinued: Bool) -> Piece {
        Piece(
            range: range, number: lineCount + 1, offset: offset, depthInRecord: depthInRecord,
            isContinued: isContinued)
    }

    /// Gives out the last of the document at hand, unless there is nothing in it.
    private mutating func endDocument(_ range: Range<Int>, next: Int) -> Piece? {
        let last = isBlank(range) ? nil : piece(range, isContinued: false)
        if last != nil { isFirst = false }
        lineCount += 1 + (document?.lineBreakCount ?? 0)
        offset = receivedByteCount - (end - next)
        start = next
        scanned = max(scanned, next)
        document = nil
        depthInRecord = nil
        return last
    }

    /// Closes what is open at a comma, so that what stands before it is a document.
    private mutating func cut(at comma: Int, next: Int) -> Piece? {
        guard let document else { return nil }
        let closers = document.closers
        let range = comma..<comma + closers.count
        overwritten = (comma, Array(bytes[range]), next)
        bytes.replaceSubrange(range, with: closers)
        let isContinued = document.depthInRecord != nil
        let piece = piece(start..<range.upperBound, isContinued: isContinued)
        depthInRecord = document.depthInRecord
        return piece
    }

    /// Opens what is open before the rest of a document that was cut.
    private mutating func beginPiece() {
        guard let (place, saved, next) = overwritten, let document else { return }
        overwritten = nil
        bytes.replaceSubrange(place..<place + saved.count, with: saved)
        // The piece before is at least as long, because all of this stands in it too.
        start = next - document.envelope.count
        bytes.replaceSubrange(start..<next, with: document.envelope)
        followed = next
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
