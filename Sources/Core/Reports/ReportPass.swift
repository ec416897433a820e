public import Domain
import JSONTape

/// One reading of a report with all its files: bytes in, samples and a survey out.
///
/// A report with something new is read twice. The first reading checks that every file can be read,
/// computes the digest and finds the records that later ones replace. The second one sends. So
/// nothing reaches the backend from a report that cannot be read to its end.
///
///     chunk ─▶ record ─▶ JSON ─▶ samples ─▶ batch
public struct ReportPass: ~Copyable {
    /// The size of the largest record that is read, in bytes; GitHub's take a few kilobytes.
    public static let recordByteCountMax = 16 << 20

    /// The samples since the batch was last cleared.
    public private(set) var batch: SampleBatch

    private var parser = JSONParser()
    private var stream: RecordStream
    private let recordByteCountMax: Int
    private var mapper: RecordMapper
    private var statistics: ReportStatistics
    private let replaced: ReplacedRecords
    private var hasParsedItem = false
    private var file = 0
    private var fileRecordCount = 0

    /// Creates a reading.
    ///
    /// - Parameters:
    ///   - scope: The organization, day and source; one of ``Source/reports``.
    ///   - identity: The labels that identify a user.
    ///   - members: Names and addresses for `full` identity.
    ///   - replaced: The records to skip, from ``ReportSurvey/replaced`` of an earlier reading.
    ///   - isSecond: Whether an earlier reading surveyed the same files. This one then finds no
    ///     replaced records and makes no snapshot; its digest shows whether it read the same.
    public init(
        scope: SampleScope, identity: Identity, members: MemberTable = MemberTable(),
        leavingOut replaced: ReplacedRecords = [], isSecond: Bool = false
    ) {
        self.init(
            scope: scope, identity: identity, members: members, leavingOut: replaced,
            isSecond: isSecond, recordByteCountMax: Self.recordByteCountMax)
    }

    init(
        scope: SampleScope, identity: Identity, members: MemberTable = MemberTable(),
        leavingOut replaced: ReplacedRecords = [], isSecond: Bool = false, recordByteCountMax: Int
    ) {
        statistics = ReportStatistics(isSecond: isSecond)
        batch = SampleBatch(scope)
        mapper = RecordMapper(scope: scope, identity: identity, members: members)
        stream = RecordStream(file: 0, recordByteCountMax: recordByteCountMax)
        self.recordByteCountMax = recordByteCountMax
        self.replaced = replaced
    }

    /// The survey of what was read so far; complete after the last file.
    public var survey: ReportSurvey { statistics.survey(findings: mapper.findings) }

    /// What was read so far, to be combined with the readings of other files.
    public var part: ReportPart { ReportPart(statistics: statistics, findings: mapper.findings) }

    /// The number of records that are remembered, for tests.
    package var keptRecordCount: Int { statistics.keptRecordCount }

    /// Empties ``batch`` after its samples were sent or are not wanted.
    public mutating func clearBatch() {
        batch.removeAll()
        mapper.clearBlocks()
        statistics.clearBlocks()
    }

    /// Begins a file.
    ///
    /// - Parameter number: The number of the file in the report, from 1; by default the next. Of two
    ///   records of one user the one in the later file counts.
    public mutating func beginFile(_ number: Int? = nil) {
        statistics.files += 1
        file = number ?? file + 1
        fileRecordCount = 0
        stream = RecordStream(file: file, recordByteCountMax: recordByteCountMax)
        hasParsedItem = false
    }

    /// Reads the next bytes of the file.
    ///
    /// - Parameter chunk: Any number of bytes.
    /// - Throws: ``ReportError`` at the first record that cannot be read.
    public mutating func feed(_ chunk: [UInt8]) throws(ReportError) {
        statistics.byteCount += chunk.count
        stream.append(chunk)
        try readItems(isAtEnd: false)
    }

    /// Ends the file.
    ///
    /// - Throws: ``ReportError`` if the file ends within a record.
    public mutating func endFile() throws(ReportError) { try readItems(isAtEnd: true) }

    private mutating func readItems(isAtEnd: Bool) throws(ReportError) {
        while let item = try stream.next(isAtEnd: isAtEnd) {
            let tape: Tape
            do throws(JSONParser.NotJSON) {
                tape = try parser.parse(stream.bytes.span, item.range)
            } catch {
                guard hasParsedItem || !beginsLikePage(item) else {
                    throw failure(item, Self.isPage)
                }
                let isCutOff = isAtEnd && (hasParsedItem || beginsLikeRecord(item))
                throw failure(item, isCutOff ? RecordStream.endsEarly : error.why)
            }
            hasParsedItem = true
            read(tape, item)
        }
    }

    /// Whether an item that no line break ends was meant to continue.
    private func beginsLikeRecord(_ item: RecordStream.Item) -> Bool {
        opening(item) == UInt8(ascii: "{") || opening(item) == UInt8(ascii: "[")
    }

    /// Whether an item is markup, which no JSON begins like.
    private func beginsLikePage(_ item: RecordStream.Item) -> Bool {
        opening(item) == UInt8(ascii: "<")
    }

    private func opening(_ item: RecordStream.Item) -> UInt8? {
        stream.bytes[item.range].first { $0 > UInt8(ascii: " ") }
    }

    private static let isPage =
        "it is a page (HTML or XML), not a report: a proxy or filter may have answered for the host"

    /// Reads a record, a list of records, or an object with `day_totals`.
    private mutating func read(
        _ tape: borrowing Tape, _ item: RecordStream.Item
    ) {
        let kind = tape.kind(at: Tape.root)
        if kind == .object {
            if item.element == nil, let list = tape.place(of: "day_totals", in: Tape.root),
                tape.kind(at: list) == .array
            {
                readList(tape, list, item)
            } else {
                readRecord(tape, Tape.root, item)
            }
        } else if kind == .array, item.element == nil {
            readList(tape, Tape.root, item)
        } else {
            addStranger(item)
        }
    }

    private mutating func readList(
        _ tape: borrowing Tape, _ list: Int, _ item: RecordStream.Item
    ) {
        var entry = list + 1
        while !tape.isEnd(entry) {
            if tape.kind(at: entry) == .object {
                readRecord(tape, entry, item)
            } else {
                addStranger(item)
            }
            entry = tape.after(entry)
        }
    }

    private mutating func addStranger(_ item: RecordStream.Item) {
        let place = place(item)
        statistics.records += 1
        statistics.strangers.add(place)
    }

    private mutating func readRecord(
        _ tape: borrowing Tape, _ record: Int, _ item: RecordStream.Item
    ) {
        // By file first: the order in which files are read does not change it.
        let ordinal = (file - 1) << 32 | fileRecordCount
        fileRecordCount += 1
        statistics.records += 1
        guard replaced.isEmpty || !replaced.contains(ordinal) else { return }
        let first = batch.samples.count
        switch mapper.map(tape, at: record, into: &batch) {
        case .added(let key): statistics.add(batch, from: first, ordinal: ordinal, key: key)
        case .otherDay:
            let place = place(item)
            statistics.otherDays.add(place)
        case .nameless:
            let place = place(item)
            statistics.nameless.add(place)
        }
    }

    private func place(_ item: RecordStream.Item) -> String {
        "file \(file), line \(item.line)" + (item.element.map { ", record \($0)" } ?? "")
    }

    private func failure(_ item: RecordStream.Item, _ why: String) -> ReportError {
        // Some of simdjson's messages are sentences, and this one goes on.
        stream.error(item, why.last == "." ? String(why.dropLast()) : why)
    }
}
