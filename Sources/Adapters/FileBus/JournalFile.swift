import Domain
import DurableFiles
import EventLedger
import Ports
import Toolbox

/// The file `journal` of a bus: a header, and a line for each change of an event.
///
/// Lines are only appended. When most of them are history, a new journal with the current state
/// replaces the file. Its header has another number, which tells other processes to read it from
/// the start.
struct JournalFile {
    private static let name = "journal"
    private static let format = FileFormat("copilot-usage-bus", version: 1)
    /// The file with the journal's header and length after events were last published or redriven.
    private static let endName = "end"
    private static let headerByteCount = format.word.utf8.count + 18
    private static let lineBreak = UInt8(ascii: "\n")

    private let folder: DurableFolder
    /// The header of the journal that was read, and how much of it was read.
    private var header: [UInt8] = []
    private var byteCountRead = 0
    private var lineCountRead = 0
    /// The last lines of events that only a newer version can handle, by id.
    ///
    /// They stay in the journal for it, for example after a return to an older version.
    private var foreign: [String: JournalLine] = [:]
    /// Whether a flush failed, so that the disk may not hold what readers of the journal see.
    ///
    /// The system reports the failure once, drops the bytes, and the next flush succeeds without
    /// them. Only bytes that are written again reach the disk.
    private var isDoubtful = false

    init(folder: DurableFolder) { self.folder = folder }

    /// Updates a ledger from the journal, lets `decide` read it, and adds lines to both.
    ///
    /// - Parameters:
    ///   - ledger: The state of the last transaction.
    ///   - isDurable: Whether the lines must be on the disk when the method returns.
    ///   - decide: Returns the lines to add.
    /// - Throws: `unreadableState` if the file is not a journal, `unavailable` if it cannot be read
    ///   or written, or what `decide` throws.
    mutating func transact(
        _ ledger: inout EventLedger, isDurable: Bool = false,
        _ decide: (EventLedger) throws(Failure) -> [JournalLine]
    ) throws(Failure) {
        try folder.locked { () throws(Failure) in
            let file = try catchUp(&ledger)
            let lines = try decide(ledger)
            // A durable transaction also flushes when there are no lines to add: the process that
            // wrote the existing ones may not have been able to.
            guard isDurable || !lines.isEmpty else { return }
            let bytes = lines.flatMap(\.bytes)
            isDoubtful = isDurable
            try folder.append(bytes, to: file, at: byteCountRead, isDurable: isDurable)
            isDoubtful = false
            byteCountRead += bytes.count
            apply(lines, to: &ledger)
            if isMostlyHistory(ledger) {
                try rewrite(ledger)
            } else if isDurable {
                noteEnd()
            }
        }
    }

    private func isMostlyHistory(_ ledger: EventLedger) -> Bool {
        lineCountRead > 1_000 + 4 * (ledger.count + foreign.count)
    }

    private mutating func apply(_ lines: [JournalLine], to ledger: inout EventLedger) {
        for line in lines {
            line.apply(to: &ledger)
            switch line {
            case .foreign(let id, _): foreign[id] = line
            case .current(let item): foreign[item.event.id] = nil
            case .removed(let id): foreign[id] = nil
            }
        }
        lineCountRead += lines.count
    }

    /// Reads the lines that were added since the last time, or all lines of a new journal.
    private mutating func catchUp(_ ledger: inout EventLedger) throws(Failure) -> OpenFile {
        guard let file = try folder.open(Self.name, .change) else {
            ledger = EventLedger()
            try rewrite(ledger)
            return try catchUp(&ledger)
        }
        let byteCount = try file.byteCount()
        let found = try file.read(from: 0, countMax: Self.headerByteCount)
        guard found.starts(with: "\(Self.format.word) ".utf8), found.last == Self.lineBreak,
            found.count == Self.headerByteCount
        else {
            try Self.format.check(found, at: "\(folder.path)/\(Self.name)")
            return try restart(from: file, byteCount, &ledger)
        }
        if found != header || byteCount < byteCountRead {
            ledger = EventLedger()
            foreign = [:]
            (header, byteCountRead, lineCountRead) = (found, Self.headerByteCount, 0)
            try checkEnd(byteCount)
        }
        let bytes = try file.read(from: byteCountRead, countMax: byteCount - byteCountRead)
        // A process was killed while it wrote what follows the last line break, so it did not
        // report success. The next lines overwrite it. It has no line break, so a rest of it that
        // sticks out behind them is not read as a line.
        let complete = bytes[..<(bytes.lastIndex(of: Self.lineBreak).map { $0 + 1 } ?? 0)]
        byteCountRead += complete.count
        let damaged = read(complete, into: &ledger)
        guard !damaged.isEmpty || isDoubtful else { return file }
        try setAside(damaged)
        try rewrite(ledger)
        isDoubtful = false
        return try catchUp(&ledger)
    }

    /// Begins a journal anew whose header is damaged, with the lines that can be read.
    ///
    /// - Throws: `unreadableState` if nothing shows that the file was a journal.
    private mutating func restart(
        from file: borrowing OpenFile, _ byteCount: Int, _ ledger: inout EventLedger
    ) throws(Failure) -> OpenFile {
        let bytes = try file.read(from: 0, countMax: byteCount)
        (ledger, foreign, lineCountRead) = (EventLedger(), [:], 0)
        let damaged = read(bytes[...], into: &ledger)
        let end = try folder.read(Self.endName, countMax: 128) ?? []
        guard lineCountRead > 0 || end.starts(with: "\(Self.format.word) ".utf8) else {
            throw Failure(
                .unreadableState,
                "\(folder.path)/\(Self.name) is not the journal of an event bus. Move it away.")
        }
        if bytes.isEmpty {
            try noteCut(from: Self.length(in: end) ?? Self.headerByteCount, to: 0)
        } else {
            try setAside(damaged)
        }
        try rewrite(ledger)
        return try catchUp(&ledger)
    }

    private mutating func read(
        _ bytes: ArraySlice<UInt8>, into ledger: inout EventLedger
    ) -> [ArraySlice<UInt8>] {
        var damaged: [ArraySlice<UInt8>] = []
        for text in bytes.split(separator: Self.lineBreak) {
            if let line = JournalLine(text) {
                apply([line], to: &ledger)
            } else {
                damaged.append(text)
            }
        }
        return damaged
    }

    private func setAside(_ damaged: [ArraySlice<UInt8>]) throws(Failure) {
        for bytes in damaged.map(Array.init) {
            // The name follows from the bytes: after a crash, this step can be repeated.
            try folder.replace("\(Self.aside)/\(checksum(bytes))", with: bytes)
        }
    }

    /// Begins a journal that holds only the current state.
    private mutating func rewrite(_ ledger: EventLedger) throws(Failure) {
        let number = Hex.encode(UInt64.random(in: .min ... .max))
        let header = Array("\(Self.format.word) \(number)\n".utf8)
        let kept = foreign.sorted { $0.key < $1.key }.map(\.value)
        let lines = kept + ledger.inOrder.map(JournalLine.current)
        let bytes = header + lines.flatMap(\.bytes)
        try folder.replace(Self.name, with: bytes)
        (self.header, byteCountRead, lineCountRead) = (header, bytes.count, lines.count)
        noteEnd()
    }
}

// MARK: What went wrong with the file

extension JournalFile {
    /// What is wrong with the records of the bus, in words.
    func damage() throws(Failure) -> [String] {
        let names = try folder.names(in: Self.aside)
        guard !names.isEmpty else { return [] }
        let cuts = names.filter { $0.hasPrefix(Self.cut) }.count
        let lines = names.count - cuts
        var parts: [String] = []
        if lines > 0 { parts.append(lines == 1 ? "1 damaged line" : "\(lines) damaged lines") }
        if cuts > 0 { parts.append("a journal that was cut off") }
        return [
            """
            the event bus lost events: \(folder.path)/\(Self.aside) describes \
            \(parts.joined(separator: " and ")). The next tick finds the days of lost events again
            """
        ]
    }

    fileprivate static let aside = "corrupt"
    private static let cut = "cut-off-"

    /// Remembers how long the journal is, so that a cut is not taken for a line that was never finished.
    ///
    /// A cut behind published events loses none of them: leases and settlements are made again. If this
    /// is lost, a cut is not noticed, and nothing else.
    private func noteEnd() {
        guard let file = try? folder.open(Self.endName, .rewrite) else { return }
        let text = String(decoding: header.dropLast(), as: UTF8.self)
        try? file.write(Array("\(text) \(byteCountRead)\n".utf8), at: 0)
    }

    /// Notes in the folder `corrupt` that a journal is shorter than it was.
    private func checkEnd(_ byteCount: Int) throws(Failure) {
        guard let bytes = try folder.read(Self.endName, countMax: 128),
            bytes.starts(with: header.dropLast()), let before = Self.length(in: bytes),
            byteCount < before
        else { return }
        try noteCut(from: before, to: byteCount)
        // Only once.
        folder.discard(Self.endName)
    }

    /// The length in the file `end`, behind the header.
    private static func length(in end: [UInt8]) -> Int? {
        Int(String(decoding: end.dropFirst(headerByteCount).dropLast(), as: UTF8.self))
    }

    private func noteCut(from before: Int, to byteCount: Int) throws(Failure) {
        let text = """
            \(Self.name) was \(before) bytes long and is \(byteCount) bytes long. Events that were \
            published in between are lost.

            """
        try folder.replace(
            "\(Self.aside)/\(Self.cut)\(before)-\(byteCount)", with: Array(text.utf8))
    }
}
