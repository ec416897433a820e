/// Follows a long document while it arrives: so what it costs is what it says of one thing, not how
/// long it is.
///
/// Texts that are longer than anything a metric is made of are left out, and the document is read
/// in pieces. A piece ends behind an element of a list, or behind a field of a record or of an
/// object in one; the next begins with the *envelope*: what opens the containers that are still
/// open, and nothing of what was in them.
///
///     {"user_id":7,"totals_by_ide":[{"ide":"a"},{"ide":"b"},{"ide":"c"}],"loc_added_sum":5}
///     {"user_id":7,"totals_by_ide":[{"ide":"a"},{"ide":"b"}]}
///                 {"totals_by_ide":[{"ide":"c"}],"loc_added_sum":5}
///
/// It follows JSON no further than it must, because every piece is parsed: the closers that are put
/// behind a piece, the envelope and the rest are a document if, and only if, the whole is. Of a field
/// that stands twice in an object the last counts in each piece, as it does in a whole document.
struct LongDocument: Sendable {
    /// The longest text that is kept, as it stands in the document; of a longer one nothing is.
    static let textByteCountMax = 64 << 10
    /// The longest text that any label is made of, whatever the document: an escape is six bytes for
    /// one, so no text of which a label would be made is left out here.
    static let labelByteCountMax = textByteCountMax / 6
    /// The most containers that a cut goes through.
    static let depthMax = 64

    /// Why ``follow(_:_:past:)`` stopped.
    enum Stop {
        /// All of it was followed; what is left of it ends here.
        case end(Int)
        /// The document ends at the line break at `lineBreak`; what is left of it ends before.
        case document(end: Int, lineBreak: Int)
        /// It is to be cut: the piece ends at the comma at `comma`, and the next begins at `next`.
        case cut(comma: Int, next: Int)
    }

    /// What opens the containers that are open, for the next piece.
    private(set) var envelope: [UInt8] = []
    /// The line breaks within the document so far.
    private(set) var lineBreakCount = 0

    private let identity: [[UInt8]]
    private let isOneLine: Bool

    // Of the text at hand.
    private var isInText = false
    private var isEscaped = false
    private var isDropping = false
    private var isName = false
    private var textByteCount = 0

    // The containers that are open, as far as a cut may go through them, and how many there are in
    // those: a cut never goes through an entry of a breakdown, which is read as a whole.
    private var open: [Container] = []
    private var innerCount = 0
    // How many containers are open around a record; nil when there are no records any more.
    private var recordDepth: Int? = 0
    // The fields of the record at hand that say whose it is, a bit for each that was met.
    private var met: UInt64 = 0
    private var name: [UInt8] = []
    private var last = UInt8(ascii: ",")
    // Behind a comma at which a cut may be: the white space since.
    private var blankCount: Int?
    private var isCut = false

    private struct Container {
        let isList: Bool
        // How much of the envelope is around it.
        let envelopeByteCount: Int
    }

    /// Follows a document from its beginning.
    ///
    /// - Parameters:
    ///   - identity: The fields of a record that say whose it is; behind all of them it may be cut.
    ///   - isOneLine: Whether any line break ends it; else only one that no container is open at.
    init(identity: [[UInt8]], isOneLine: Bool) {
        self.identity = identity
        self.isOneLine = isOneLine
    }

    /// What closes the containers that are open.
    var closers: [UInt8] {
        open.reversed().map { $0.isList ? UInt8(ascii: "]") : UInt8(ascii: "}") }
    }

    /// How many containers are open in the record at hand; nil if none is at hand.
    var depthInRecord: Int? {
        guard let recordDepth, open.count > recordDepth else { return nil }
        return open.count - recordDepth - 1
    }

    /// Follows the next bytes of the document, and moves together what it leaves of them.
    ///
    /// - Parameters:
    ///   - bytes: The buffer that the document is in.
    ///   - range: Which bytes to look at; those before them were looked at already.
    ///   - past: The place in the buffer behind which to cut.
    /// - Returns: Why and where it stopped.
    mutating func follow(_ bytes: inout [UInt8], _ range: Range<Int>, past: Int) -> Stop {
        var span = bytes.mutableSpan
        var place = range.lowerBound
        var end = place
        while place < range.upperBound {
            if isInText, !isEscaped {
                // The bytes up to the next that may end the text are taken at once.
                let first = place
                place = Self.endOfRun(span.span, place..<range.upperBound)
                keepText(&span, first..<place, &end)
                guard place < range.upperBound else { break }
            }
            let byte = span[place]
            if byte == UInt8(ascii: "\n") {
                if isInText || isOneLine || open.isEmpty {
                    return .document(end: end, lineBreak: place)
                }
                lineBreakCount += 1
            }
            if isInText {
                guard !isEscaped, byte == UInt8(ascii: "\"") else {
                    isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                    keepText(&span, place..<place + 1, &end)
                    place += 1
                    continue
                }
                if isName { endName(span.span.extracting(end - textByteCount..<end)) }
                isInText = false
            } else if byte <= UInt8(ascii: " ") {
                if let count = blankCount { blankCount = count + 1 }
            } else {
                if let count = blankCount {
                    blankCount = nil
                    // A comma before a closer must stay what it is: a mistake.
                    if byte != UInt8(ascii: "]"), byte != UInt8(ascii: "}") {
                        last = envelope[envelope.count - 1]
                        isCut = true
                        return .cut(comma: end - count - 1, next: place)
                    }
                }
                take(byte, isPast: end > past)
                last = byte
            }
            if end != place { span[end] = byte }
            place += 1
            end += 1
        }
        return .end(end)
    }

    /// Where the next byte stands that a text may end at.
    private static func endOfRun(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Int {
        var place = range.lowerBound
        while place < range.upperBound {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
                || byte == UInt8(ascii: "\n")
            {
                break
            }
            place += 1
        }
        return place
    }

    /// Moves bytes of the text at hand to the end of what is kept, or leaves the text out.
    private mutating func keepText(
        _ bytes: inout MutableSpan<UInt8>, _ range: Range<Int>, _ end: inout Int
    ) {
        if isDropping { return }
        guard textByteCount + range.count <= Self.textByteCountMax else {
            isDropping = true
            end -= textByteCount
            textByteCount = 0
            return
        }
        if end != range.lowerBound {
            for place in range { bytes[end + place - range.lowerBound] = bytes[place] }
        }
        textByteCount += range.count
        end += range.count
    }

    private mutating func take(_ byte: UInt8, isPast: Bool) {
        switch byte {
        case UInt8(ascii: "\""):
            isInText = true
            isDropping = false
            textByteCount = 0
            isName = innerCount == 0 && isAtName && open.last?.isList == false
        case UInt8(ascii: "{"): open(isList: false, byte)
        case UInt8(ascii: "["): open(isList: true, byte)
        case UInt8(ascii: "}"), UInt8(ascii: "]"): close()
        case UInt8(ascii: ","): if isPast, canCut { blankCount = 0 }
        default: break
        }
    }

    private var isAtName: Bool { last == UInt8(ascii: "{") || last == UInt8(ascii: ",") }

    private var canCut: Bool {
        // A comma that nothing stands before must stay what it is, too.
        guard let recordDepth, innerCount == 0, !open.isEmpty, !isAtName,
            last != UInt8(ascii: "[")
        else { return false }
        return open.count == recordDepth
            || open.count > recordDepth && met.nonzeroBitCount == identity.count
    }

    private mutating func endName(_ text: borrowing Span<UInt8>) {
        name.removeAll(keepingCapacity: true)
        for index in text.indices { name.append(text[index]) }
        if depthInRecord == 0, let place = identity.firstIndex(of: name) {
            met |= 1 << UInt64(place)
        }
    }

    private mutating func open(isList: Bool, _ byte: UInt8) {
        let isInRecord = depthInRecord != nil
        let isInList = open.last?.isList == true
        if innerCount > 0 || open.count == Self.depthMax || isInRecord && isInList && !isList {
            innerCount += 1
            return
        }
        // The records are the root, or in a list that is the root, or in one of its fields.
        if open.isEmpty, isList { recordDepth = 1 }
        if open.count == 1, recordDepth == 0, isList, !isCut, name == Array("day_totals".utf8) {
            recordDepth = 2
        }
        if open.count == recordDepth { met = 0 }
        open.append(Container(isList: isList, envelopeByteCount: envelope.count))
        if open.count > 1, !isInList {
            envelope += [UInt8(ascii: "\"")] + name + [UInt8(ascii: "\""), UInt8(ascii: ":")]
        }
        envelope.append(byte)
    }

    private mutating func close() {
        guard innerCount == 0 else {
            innerCount -= 1
            return
        }
        guard let container = open.popLast() else { return }
        envelope.removeLast(envelope.count - container.envelopeByteCount)
        if let depth = recordDepth, open.count < depth { recordDepth = nil }
    }
}
