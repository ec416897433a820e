public import Domain

/// One reading of a report, all its files: bytes in, samples and a survey out.
///
/// A report is read twice when it has something new: once to know that all of it can be read, what
/// it says and which records a later one replaces, and once more to send it. So nothing of a report
/// reaches the backend that could not be read to its end.
///
///     chunk ─▶ line ─▶ JSON ─▶ record ─▶ samples ─▶ batch
///
/// A long line is read in pieces, and so is a file that is one list of records: see ``LineBuffer``.
public struct ReportPass: ~Copyable {
    /// The most of a line that is held because it cannot be read in pieces: it says at its end whose
    /// it is, or it is no JSON.
    public static let heldByteCountMax = 32 << 20

    /// The samples since the batch was last cleared.
    public private(set) var batch: SampleBatch

    private var parser = JSONParser()
    private var lines: LineBuffer
    // What each file begins with.
    private let noLines: LineBuffer
    private let heldByteCountMax: Int
    private var mapper: RecordMapper
    private var tally: Tally
    private let replaced: Set<Int>
    private var hasParsedLine = false
    // Which file of the report this is, and which of its records comes next.
    private var file = 0
    private var fileRecords = 0
    // Whether the record at hand is one of those that are left out.
    private var isLeftOut = false

    /// Creates a reading.
    ///
    /// - Parameters:
    ///   - scope: What is read; the source is one of ``Source/reports``.
    ///   - identity: Which labels tell who a user is.
    ///   - members: Names and addresses for `full` identity.
    ///   - replaced: The records to leave out, from an earlier reading's ``ReportSurvey/replaced``.
    ///   - isSecond: Whether an earlier reading surveyed the same files. This one then takes for
    ///     granted which records are replaced, and makes no imprint; its digest says whether it read
    ///     the same.
    public init(
        scope: SampleScope, identity: Identity, members: MemberTable = MemberTable(),
        leavingOut replaced: Set<Int> = [], isSecond: Bool = false
    ) {
        self.init(
            scope: scope, identity: identity, members: members, leavingOut: replaced,
            isSecond: isSecond, pieceByteCount: LineBuffer.pieceByteCount)
    }

    init(
        scope: SampleScope, identity: Identity, members: MemberTable, leavingOut replaced: Set<Int>,
        isSecond: Bool, pieceByteCount: Int, heldByteCountMax: Int = Self.heldByteCountMax
    ) {
        tally = Tally(isSecond: isSecond)
        batch = SampleBatch(scope)
        mapper = RecordMapper(scope: scope, identity: identity, members: members)
        noLines = LineBuffer(identity: mapper.recordIdentity, pieceByteCount: pieceByteCount)
        lines = noLines
        self.heldByteCountMax = heldByteCountMax
        self.replaced = replaced
    }

    /// What was read so far; complete after the last file.
    public var survey: ReportSurvey { tally.survey(findings: mapper.findings) }

    /// Forgets the samples in ``batch``, which were sent or are not wanted.
    public mutating func clearBatch() {
        if mapper.clear(&batch) { tally.clearBlocks() }
    }

    /// What was read so far, to be put together with the readings of other files.
    public var part: ReportPart { ReportPart(tally: tally, findings: mapper.findings) }

    /// Begins a file.
    ///
    /// - Parameter number: Which file of the report, from 1; the next one if nil. Of two records of
    ///   one user the one in the later file counts.
    public mutating func beginFile(_ number: Int? = nil) {
        tally.files += 1
        file = number ?? file + 1
        fileRecords = 0
        lines = noLines
        hasParsedLine = false
    }

    /// Takes the next bytes of the file.
    ///
    /// - Parameter chunk: Bytes, however they were cut.
    /// - Throws: ``ReportError`` at the first line that is not a record.
    public mutating func feed(_ chunk: [UInt8]) throws(ReportError) {
        tally.byteCount += chunk.count
        lines.append(chunk)
        try takePieces(isAtEnd: false)
        if lines.heldByteCount > heldByteCountMax {
            throw failure(
                lines.place, "it is too large to be read whole, and cannot be read in pieces")
        }
    }

    /// Ends the file.
    ///
    /// - Throws: ``ReportError`` if the file ends in the middle of a record.
    public mutating func endFile() throws(ReportError) { try takePieces(isAtEnd: true) }

    private mutating func takePieces(isAtEnd: Bool) throws(ReportError) {
        while let piece = lines.next(isAtEnd: isAtEnd) {
            let tape: Tape
            do throws(JSONParser.NotJSON) {
                tape = try parser.parse(lines.bytes.span, piece.range)
            } catch {
                let isCutShort = isAtEnd && (hasParsedLine || beginsLikeRecord(piece))
                throw failure(piece, isCutShort ? "the file ends within a record" : error.why)
            }
            try take(tape, piece)
        }
    }

    /// Whether a piece that no line break ends was to go on.
    private func beginsLikeRecord(_ piece: LineBuffer.Piece) -> Bool {
        let opening = lines.bytes[piece.range].first { $0 > UInt8(ascii: " ") }
        return opening == UInt8(ascii: "{") || opening == UInt8(ascii: "[")
    }

    /// Takes what stands on a line: a record, a list of records, or a document with `day_totals`.
    private mutating func take(
        _ tape: borrowing Tape, _ piece: LineBuffer.Piece
    ) throws(ReportError) {
        hasParsedLine = true
        switch tape.kind(at: Tape.root) {
        case .object:
            if let list = tape.place(of: "day_totals", in: Tape.root), tape.kind(at: list) == .array
            {
                try takeList(tape, list, piece)
            } else {
                takeRecord(tape, Tape.root, piece, isFirst: true, isLast: true)
            }
        case .array: try takeList(tape, Tape.root, piece)
        default: throw failure(piece, "it is not a record")
        }
    }

    private mutating func takeList(
        _ tape: borrowing Tape, _ list: Int, _ piece: LineBuffer.Piece
    ) throws(ReportError) {
        var place = list + 1
        while !tape.isEnd(place) {
            guard tape.kind(at: place) == .object else {
                throw failure(piece, "it is not a record")
            }
            let next = tape.after(place)
            takeRecord(
                tape, place, piece, isFirst: place == list + 1, isLast: tape.isEnd(next))
            place = next
        }
    }

    /// Takes a record, or as much of it as is in a piece.
    private mutating func takeRecord(
        _ tape: borrowing Tape, _ place: Int, _ piece: LineBuffer.Piece, isFirst: Bool, isLast: Bool
    ) {
        let depth = isFirst ? piece.depthInRecord : nil
        if depth == nil {
            fileRecords += 1
            tally.records += 1
            isLeftOut = replaced.contains(ordinal)
        }
        guard !isLeftOut else { return }
        let (first, ordinal) = (batch.samples.count, ordinal)
        let mapped = mapper.map(
            tape, at: place, depthInRecord: depth, isContinued: isLast && piece.isContinued,
            into: &batch)
        switch mapped {
        case .added(let key): tally.add(batch, from: first, ordinal: ordinal, key: key)
        case .more: tally.addMore(batch, from: first, ordinal: ordinal)
        case .otherDay: tally.otherDays += 1
        case .nameless: tally.nameless += 1
        case .nothing: break
        }
    }

    /// The place of the record at hand in the report.
    private var ordinal: Int { (file - 1) << 32 | (fileRecords - 1) }

    private func failure(_ piece: LineBuffer.Piece, _ why: String) -> ReportError {
        // Some of simdjson's messages are sentences, and this one goes on.
        let why = why.last == "." ? String(why.dropLast()) : why
        return ReportError(file: file, line: piece.number, offset: piece.offset, why: why)
    }
}
