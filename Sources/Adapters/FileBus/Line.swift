import Toolbox
import EventLedger
import Domain
import DurableFiles
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One line of the journal: a checksum, a space and JSON that says how one event stands.
///
/// It says all there is to say, so the last line of an event is enough, and a lost line does not
/// make those after it useless.
enum Line {
    case kept(EventLedger.Item)
    case forgotten(String)

    /// The JSON of a line; without an item, the event is forgotten.
    private struct Content: Codable {
        let id: String
        let item: EventLedger.Item?
    }

    var bytes: [UInt8] {
        let content =
            switch self {
            case .kept(let item): Content(id: item.event.id, item: item)
            case .forgotten(let id): Content(id: id, item: nil)
            }
        let json = JSON.encode(content)
        return Array("\(checksum(json)) ".utf8) + json + [UInt8(ascii: "\n")]
    }

    /// Reads a line, without its line break; nil if it is damaged.
    init?(_ bytes: ArraySlice<UInt8>) {
        let json = Array(bytes.dropFirst(17))
        guard bytes.starts(with: "\(checksum(json)) ".utf8),
            let content = try? JSONDecoder().decode(Content.self, from: Data(json))
        else { return nil }
        self = content.item.map(Line.kept) ?? .forgotten(content.id)
    }
    /// Makes the lines before it of the same event void.
    func apply(to ledger: inout EventLedger) {
        switch self {
        case .kept(let item): ledger.keep(item)
        case .forgotten(let id): ledger.forget(id)
        }
    }
}
