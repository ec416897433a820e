public import Domain

/// One reading of a report, all its files: bytes in, samples and a survey out.
///
/// A report is read twice when it has something new: once to know that all of it can be read, what
/// it says and which records a later one replaces, and once more to send it. So nothing of a report
/// reaches the backend that could not be read to its end.
///
///     chunk ─▶ line ─▶ JSON ─▶ record ─▶ samples ─▶ batch
public struct ReportPass: ~Copyable {
    /// The largest file that is not one record a line, and so has to be held whole.
    public static let documentByteCountMax = 32 << 20

    /// The samples since the batch was last cleared.
    public private(set) var batch: SampleBatch

    private var parser = JSONParser()
    private var lines = LineBuffer()
    private var mapper: RecordMapper
    private var tally: Tally
    private let replaced: Set<Int>
    private var hasParsedLine = false
    private var isDocument = false
    // Which file of the report this is, and which of its records comes next.
    private var file = 0
    private var fileRecords = 0

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
        tally = Tally(isSecond: isSecond)
        batch = SampleBatch(scope)
        mapper = RecordMapper(scope: scope, identity: identity, members: members)
        self.replaced = replaced
    }

    /// What was read so far; complete after the last file.
    public var survey: ReportSurvey { tally.survey(findings: mapper.findings) }

    /// Forgets the samples in ``batch``, which were sent or are not wanted.
    public mutating func clearBatch() {
        batch.removeAll()
        mapper.clearBlocks()
        tally.clearBlocks()
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
        lines = LineBuffer()
        hasParsedLine = false
        isDocument = false
    }

    /// Takes the next bytes of the file.
    ///
    /// - Parameter chunk: Bytes, however they were cut.
    /// - Throws: ``ReportError`` at the first line that is not a record.
    public mutating func feed(_ chunk: [UInt8]) throws(ReportError) {
        tally.byteCount += chunk.count
        lines.append(chunk)
        while !isDocument, let line = lines.next() {
            let tape: Tape
            do throws(JSONParser.NotJSON) {
                tape = try parser.parse(lines.bytes.span, line.range)
            } catch {
                guard !hasParsedLine else { throw failure(line, error.why) }
                // A first line that is nothing by itself may begin a document that is laid out
                // over several lines: it is held until the file ends.
                lines.takeBack(line)
                isDocument = true
                continue
            }
            hasParsedLine = true
            try take(tape, line)
        }
        if isDocument, lines.heldByteCount > Self.documentByteCountMax {
            throw ReportError(
                file: file, line: 1, offset: 0,
                why: "it is not one record a line, and too large to be read whole")
        }
    }

    /// Ends the file.
    ///
    /// - Throws: ``ReportError`` if the file ends in the middle of a record.
    public mutating func endFile() throws(ReportError) {
        guard let line = lines.rest() else { return }
        let tape: Tape
        do throws(JSONParser.NotJSON) {
            tape = try parser.parse(lines.bytes.span, line.range)
        } catch {
            // Without a line break at its end, what begins like a record was to go on.
            let opening = lines.bytes[line.range].first { $0 > UInt8(ascii: " ") }
            let isBegun = opening == UInt8(ascii: "{") && !isDocument
            throw failure(
                line, hasParsedLine || isBegun ? "the file ends within a record" : error.why)
        }
        try take(tape, line)
    }

    /// Takes what stands on a line: a record, a list of records, or a document with `day_totals`.
    private mutating func take(
        _ tape: borrowing Tape, _ line: LineBuffer.Line
    ) throws(ReportError) {
        switch tape.kind(at: Tape.root) {
        case .object:
            if let list = tape.place(of: "day_totals", in: Tape.root), tape.kind(at: list) == .array
            {
                try takeList(tape, list, line)
            } else {
                takeRecord(tape, Tape.root)
            }
        case .array: try takeList(tape, Tape.root, line)
        default: throw failure(line, "it is not a record")
        }
    }

    private mutating func takeList(
        _ tape: borrowing Tape, _ list: Int, _ line: LineBuffer.Line
    ) throws(ReportError) {
        var place = list + 1
        while !tape.isEnd(place) {
            guard tape.kind(at: place) == .object else { throw failure(line, "it is not a record") }
            takeRecord(tape, place)
            place = tape.after(place)
        }
    }

    private mutating func takeRecord(_ tape: borrowing Tape, _ place: Int) {
        let ordinal = (file - 1) << 32 | fileRecords
        fileRecords += 1
        tally.records += 1
        guard !replaced.contains(ordinal) else { return }
        let first = batch.samples.count
        switch mapper.map(tape, at: place, into: &batch) {
        case .added(let key): tally.add(batch, from: first, ordinal: ordinal, key: key)
        case .otherDay: tally.otherDays += 1
        case .nameless: tally.nameless += 1
        }
    }

    private func failure(_ line: LineBuffer.Line, _ why: String) -> ReportError {
        // Some of simdjson's messages are sentences, and this one goes on.
        let why = why.last == "." ? String(why.dropLast()) : why
        return ReportError(file: file, line: line.number, offset: line.offset, why: why)
    }
}
