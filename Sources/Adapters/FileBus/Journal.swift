import Domain
import EventLedger
import DurableFiles
import Ports

/// The file `journal` of a bus: a head, and a line for each change of each event.
///
/// It only grows, until most of it is history; then a new one with the present alone takes its
/// place, with another number in its head, which tells readers to begin again.
struct Journal {
    private static let name = "journal"
    private static let format = "copilot-usage-bus-1 "
    private static let headByteCount = format.utf8.count + 17
    private static let lineBreak = UInt8(ascii: "\n")

    private let folder: DurableFolder
    // The head of the journal that was read, and how far.
    private var head: [UInt8] = []
    private var byteCountRead = 0
    private var lineCountRead = 0

    init(folder: DurableFolder) { self.folder = folder }

    /// Brings a ledger up to date, lets `decide` look at it, and adds what was decided to both.
    ///
    /// - Parameters:
    ///   - ledger: What was read so far.
    ///   - isDurable: Whether the new lines must be on the disk at the end.
    ///   - decide: Gives the lines to add.
    /// - Throws: `unreadableState` if the file is no journal; `unavailable` if it cannot be read or
    ///   written; what `decide` throws.
    mutating func transact(
        _ ledger: inout EventLedger, isDurable: Bool = false,
        _ decide: (EventLedger) throws(Failure) -> [Line]
    ) throws(Failure) {
        try folder.locked { () throws(Failure) in
            let file = try catchUp(&ledger)
            let lines = try decide(ledger)
            // Even when there is nothing to add: a line that was found there may not be on the
            // disk yet, if whoever wrote it could not flush it.
            guard isDurable || !lines.isEmpty else { return }
            let bytes = lines.flatMap(\.bytes)
            try folder.append(bytes, to: file, at: byteCountRead, isDurable: isDurable)
            byteCountRead += bytes.count
            take(lines, into: &ledger)
            if isMostlyHistory(ledger) { try rewrite(ledger) }
        }
    }

    private func isMostlyHistory(_ ledger: EventLedger) -> Bool {
        lineCountRead > 1_000 + 4 * ledger.count
    }

    private mutating func take(_ lines: [Line], into ledger: inout EventLedger) {
        for line in lines { line.apply(to: &ledger) }
        lineCountRead += lines.count
    }

    // Reads what was added since the last time, or all of a journal that was begun since.
    private mutating func catchUp(_ ledger: inout EventLedger) throws(Failure) -> OpenFile {
        guard let file = try folder.open(Self.name, .change) else {
            ledger = EventLedger()
            try rewrite(ledger)
            return try catchUp(&ledger)
        }
        let byteCount = try file.byteCount()
        let found = try file.read(from: 0, countMax: Self.headByteCount)
        guard found.starts(with: Self.format.utf8), found.last == Self.lineBreak,
            found.count == Self.headByteCount
        else {
            throw Failure(
                .unreadableState, "\(folder.path)/\(Self.name) is not a journal; move it away")
        }
        if found != head || byteCount < byteCountRead {
            ledger = EventLedger()
            (head, byteCountRead, lineCountRead) = (found, Self.headByteCount, 0)
        }
        guard byteCount > byteCountRead else { return file }

        let bytes = try file.read(from: byteCountRead, countMax: byteCount - byteCountRead)
        // What follows the last line break was being written when its writer died; nobody was told
        // that it was taken. The next lines are written over it, and because there is no line break
        // in it, what sticks out behind them never passes for a line.
        let whole = bytes[..<(bytes.lastIndex(of: Self.lineBreak).map { $0 + 1 } ?? 0)]
        byteCountRead += whole.count
        let damaged = read(whole, into: &ledger)
        guard damaged.isEmpty else {
            try setAside(damaged)
            try rewrite(ledger)
            return try catchUp(&ledger)
        }
        return file
    }

    private mutating func read(
        _ bytes: ArraySlice<UInt8>, into ledger: inout EventLedger
    ) -> [ArraySlice<UInt8>] {
        var damaged: [ArraySlice<UInt8>] = []
        for text in bytes.split(separator: Self.lineBreak) {
            if let line = Line(text) { take([line], into: &ledger) } else { damaged.append(text) }
        }
        return damaged
    }

    private func setAside(_ damaged: [ArraySlice<UInt8>]) throws(Failure) {
        for bytes in damaged.map(Array.init) {
            // The name follows from the bytes: a crash before the next step repeats this one.
            try folder.replace("corrupt/\(checksum(bytes))", with: bytes)
        }
    }

    // Begins a journal that holds the present alone.
    private mutating func rewrite(_ ledger: EventLedger) throws(Failure) {
        let number = hexadecimal(.random(in: .min ... .max))
        let head = Array("\(Self.format)\(number)\n".utf8)
        let items = ledger.inOrder
        let bytes = head + items.flatMap { Line.kept($0).bytes }
        try folder.replace(Self.name, with: bytes)
        (self.head, byteCountRead, lineCountRead) = (head, bytes.count, items.count)
    }
}
