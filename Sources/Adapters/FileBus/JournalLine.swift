import Domain
import DurableFiles
import EventLedger
import Ports
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A line of the journal: a checksum, a space, and the state of one event as JSON.
///
/// The state is complete, so the last line of an event is enough, and a lost line does not affect
/// the lines after it.
enum JournalLine {
    /// The current state of an event.
    case current(EventLedger.Item)
    /// The id of an event that was removed.
    case removed(String)

    /// The JSON of a line.
    ///
    /// Without an item, the event was removed.
    private struct Content: Codable {
        let id: String
        let item: EventLedger.Item?
    }

    var bytes: [UInt8] {
        let content =
            switch self {
            case .current(let item): Content(id: item.event.id, item: item)
            case .removed(let id): Content(id: id, item: nil)
            }
        let json = JSON.encode(content)
        return Array("\(checksum(json)) ".utf8) + json + [UInt8(ascii: "\n")]
    }

    /// Reads a line without its line break.
    ///
    /// Returns nil if it is damaged.
    init?(_ bytes: ArraySlice<UInt8>) {
        let json = Array(bytes.dropFirst(17))
        guard bytes.starts(with: "\(checksum(json)) ".utf8),
            let content = try? JSONDecoder().decode(Content.self, from: Data(json))
        else { return nil }
        self = content.item.map(JournalLine.current) ?? .removed(content.id)
    }

    /// Replaces the state that earlier lines gave the event.
    func apply(to ledger: inout EventLedger) {
        switch self {
        case .current(let item): ledger.set(item)
        case .removed(let id): ledger.remove(id)
        }
    }
}
