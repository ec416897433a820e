import Domain
import DurableFiles
import EventLedger
import Ports
import Toolbox

/// A line of the journal: a checksum, a space, and the state of one event as JSON.
///
/// The state is complete, so the last line of an event is enough, and a lost line does not affect
/// the lines after it.
enum JournalLine {
    /// The current state of an event.
    case current(EventLedger.Item)
    /// The id of an event that was removed.
    case removed(String)
    /// An event in a form that only a newer version knows, such as one of a new type: its id, and the
    /// JSON as it is.
    case foreign(String, [UInt8])

    /// The JSON of a line.
    ///
    /// Without an item, the event was removed.
    private struct Content: Codable {
        let id: String
        let item: EventLedger.Item?
    }

    private struct ForeignContent: Decodable {
        let id: String
    }

    var bytes: [UInt8] {
        let json =
            switch self {
            case .current(let item): JSON.encode(Content(id: item.event.id, item: item))
            case .removed(let id): JSON.encode(Content(id: id, item: nil))
            case .foreign(_, let json): json
            }
        return Array("\(checksum(json)) ".utf8) + json + [UInt8(ascii: "\n")]
    }

    /// Reads a line without its line break.
    ///
    /// Returns nil if it is damaged.
    init?(_ bytes: ArraySlice<UInt8>) {
        let json = Array(bytes.dropFirst(17))
        guard bytes.starts(with: "\(checksum(json)) ".utf8) else { return nil }
        let value = JSON.value(json)
        if let content = try? value?.decode(Content.self) {
            self = content.item.map(JournalLine.current) ?? .removed(content.id)
        } else if let foreign = try? value?.decode(ForeignContent.self) {
            self = .foreign(foreign.id, json)
        } else {
            return nil
        }
    }

    /// Replaces the state that earlier lines gave the event.
    func apply(to ledger: inout EventLedger) {
        switch self {
        case .current(let item): ledger.set(item)
        case .removed(let id), .foreign(let id, _): ledger.remove(id)
        }
    }
}
