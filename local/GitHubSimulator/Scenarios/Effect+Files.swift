import Toolbox
public import Domain
import Ports

/// What can be done to a report file on its way.
extension Fault.Effect {
    /// How a file is packed.
    public enum Packing: String, Sendable {
        /// By gzip.
        case gzip
        /// By Zstandard.
        case zstd
    }

    /// Packs the file.
    ///
    /// - Parameters:
    ///   - packing: How.
    ///   - isAnnounced: Whether the head says so.
    /// - Returns: The effect.
    public static func packs(_ packing: Packing, isAnnounced: Bool) -> Self {
        .rewrites { answer in
            answer.body =
                switch packing {
                case .gzip: GzipFile.holding(answer.body)
                case .zstd: ZstdFile.holding(answer.body)
                }
            if isAnnounced { answer.fields["content-encoding"] = packing.rawValue }
        }
    }

    /// Puts a byte order mark before the file.
    public static let marks = rewritesBody { [0xEF, 0xBB, 0xBF] + $0 }

    /// Puts the lines of the file into one JSON list, laid out over several lines.
    public static let lists = rewritesBody { body in
        let lines = body.split(separator: UInt8(ascii: "\n"))
        return Array("[\n".utf8) + Array(lines.joined(separator: Array(",\n".utf8)))
            + Array("\n]\n".utf8)
    }

    /// Puts the lines of the file into the list `day_totals` of one document.
    public static let documents = rewritesBody { body in
        let lines = body.split(separator: UInt8(ascii: "\n"))
        return Array("{\"report_start_day\":null,\n\"day_totals\":[\n".utf8)
            + Array(lines.joined(separator: Array(",\n".utf8))) + Array("\n]}\n".utf8)
    }

    /// Lets each record be of another day.
    public static let redates = rewritesRecords { record in
        [record.merging(["day": .string("2020-01-01")]) { $1 }]
    }

    /// Adds to each record what no documentation knows.
    public static let addsFields = rewritesRecords { record in
        let entry = JSONValue.object(["orbit": .string("low"), "loc_added_sum": .integer(1)])
        let fields: [String: JSONValue] = [
            "totals_by_orbit": .array([entry]), "daily_active_astronauts": .integer(7),
        ]
        return [record.merging(fields) { $1 }]
    }

    /// Doubles the quantities of a bill.
    public static let doublesQuantities = Self.rewrites { answer in
        guard case .object(var bill)? = JSONText.decode(answer.body),
            case .array(let items)? = bill["usageItems"]
        else { return }
        bill["usageItems"] = .array(
            items.map { item in
                guard case .object(var fields) = item,
                    case .number(let quantity)? = fields["grossQuantity"]
                else { return item }
                fields["grossQuantity"] = .number(quantity * 2)
                return .object(fields)
            })
        answer.body = JSON.encode(JSONValue.object(bill))
    }

    /// Leaves the account of the first installation out of a list.
    public static let hidesFirstAccount = Self.rewrites { answer in
        guard case .object(var page)? = JSONText.decode(answer.body),
            case .array(var items)? = page["installations"],
            case .object(var first)? = items.first
        else { return }
        first["account"] = .null
        first["target_id"] = .null
        items[0] = .object(first)
        page["installations"] = .array(items)
        answer.body = JSON.encode(JSONValue.object(page))
    }

    /// Lets the file end, whole by its length, within its last line.
    public static let cuts = rewritesBody { Array($0.dropLast(20)) }

    /// Puts another record of each user before the one that counts.
    public static let repeatsUsers = rewritesRecords { record in
        var earlier = record
        for (field, value) in record {
            guard case .integer(let number) = value, field != "user_id" else { continue }
            earlier[field] = .integer(number + 1_000)
        }
        return [earlier, record]
    }

    /// Says the first entry of each breakdown twice.
    public static let repeatsRows = rewritesRecords { record in
        var record = record
        for case (let field, .array(let entries)) in record where field.hasPrefix("totals_by_") {
            record[field] = .array(entries.prefix(1) + entries)
        }
        return [record]
    }

    /// Lengthens the first lines of the file by a field that nobody knows.
    ///
    /// - Parameters:
    ///   - byteCount: By how much.
    ///   - lineCount: How many lines.
    /// - Returns: The effect.
    public static func lengthens(by byteCount: Int, lines lineCount: Int) -> Self {
        rewritesBody { body in
            let field =
                Array("{\"padding\":\"".utf8)
                + [UInt8](repeating: UInt8(ascii: "x"), count: byteCount) + Array("\",".utf8)
            let lines = body.split(separator: UInt8(ascii: "\n"))
            return lines.enumerated().flatMap { place, line in
                (place < lineCount ? field + line.dropFirst() : Array(line))
                    + [UInt8(ascii: "\n")]
            }
        }
    }

    /// Changes the records of the file.
    ///
    /// - Parameter change: What becomes of one record: itself, another, several or none.
    /// - Returns: The effect.
    public static func rewritesRecords(
        _ change: @escaping @Sendable ([String: JSONValue]) -> [[String: JSONValue]]
    ) -> Self {
        rewritesBody { body in
            body.split(separator: UInt8(ascii: "\n")).flatMap { line -> [UInt8] in
                guard case .object(let record)? = JSONText.decode(Array(line)) else {
                    return Array(line) + [UInt8(ascii: "\n")]
                }
                return change(record).flatMap {
                    JSON.encode(JSONValue.object($0)) + [UInt8(ascii: "\n")]
                }
            }
        }
    }

    private static func rewritesBody(
        _ change: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) -> Self {
        .rewrites { $0.body = change($0.body) }
    }
}

extension SimulatedGitHub {
    /// What a report file says after an effect, for who wants to know without asking.
    ///
    /// - Parameters:
    ///   - file: The file as ``World/files(_:of:day:at:)`` has it.
    ///   - effect: What is done to it.
    /// - Returns: The file as it travels.
    public static func file(_ file: [UInt8], after effect: Fault.Effect) -> [UInt8] {
        var answer = Answer(200, body: file)
        if case .rewrites(let change) = effect { change(&answer) }
        return answer.body
    }
}
