/// A file of a report that is generated while it is written.
///
/// It is never in memory as a whole: Linux counts the memory of this process as part of the peak of a
/// program that it starts.
struct LongFile {
    private var parts: [Part]

    private enum Part {
        case bytes(String)
        case repeated(String, Int)
        case numbered(ClosedRange<Int>)
        case lines(SyntheticReport)
        case elements(SyntheticReport, isFirst: Bool)
    }

    /// Users on lines, as GitHub writes them.
    static func lines(_ shard: SyntheticReport) -> LongFile { LongFile(parts: [.lines(shard)]) }

    /// All users in one list, without a line break.
    static func list(of shards: [SyntheticReport]) -> LongFile {
        let elements = shards.enumerated().map { place, shard in
            Part.elements(shard, isFirst: place == 0)
        }
        return LongFile(parts: [.bytes("[")] + elements + [.bytes("]")])
    }

    /// A user whose line has a text of some megabytes.
    static func text(_ megabytes: Int, _ user: Int, day: String) -> LongFile {
        let text = String(repeating: "x", count: 100_000)
        return LongFile(parts: [
            .bytes(head(user, day) + #""note":""#), .repeated(text, 10 * megabytes),
            .bytes("\"}\n"),
        ])
    }

    /// A user whose line has 15 MB because of 75,000 entries.
    static func entries(_ user: Int, day: String) -> LongFile {
        LongFile(parts: [
            .bytes(head(user, day) + #""totals_by_language_feature":["#),
            .numbered(1...75_000), .bytes("]}\n"),
        ])
    }

    private static func head(_ user: Int, _ day: String) -> String {
        #"{"day":"\#(day)","user_id":\#(user + 1),"user_login":"long-\#(user)","loc_added_sum":1,"#
    }

    /// Returns the next bytes of the file, or nil at its end.
    mutating func nextChunk() -> [UInt8]? {
        while let part = parts.first {
            switch part {
            case .bytes(let text):
                parts.removeFirst()
                return Array(text.utf8)
            case .repeated(let text, let count):
                parts[0] = .repeated(text, count - 1)
                if count > 0 { return Array(text.utf8) }
            case .numbered(let rest):
                let last = min(rest.lowerBound + 999, rest.upperBound)
                let entries = (rest.lowerBound...last).map { number in
                    (number == 1 ? "" : ",")
                        + #"{"language":"language-\#(number)","feature":"chat_inline","#
                        + #""code_generation_activity_count":\#(number % 100),"#
                        + #""code_acceptance_activity_count":7,"loc_suggested_to_add_sum":900,"#
                        + #""loc_suggested_to_delete_sum":12,"loc_added_sum":450}"#
                }
                if last == rest.upperBound {
                    parts.removeFirst()
                } else {
                    parts[0] = .numbered(last + 1...rest.upperBound)
                }
                return Array(entries.joined().utf8)
            case .lines(var shard):
                let chunk = shard.nextChunk(1 << 20)
                parts[0] = .lines(shard)
                if let chunk { return chunk }
            case .elements(var shard, let isFirst):
                let line = shard.nextLine()
                parts[0] = .elements(shard, isFirst: false)
                if let line { return (isFirst ? [] : [UInt8(ascii: ",")]) + line.dropLast() }
            }
            parts.removeFirst()
        }
        return nil
    }
}
