public import Domain
import Ports
import Toolbox

/// Effects on report files.
extension Fault.Effect {
    /// A compression format.
    public enum Packing: String, Sendable {
        /// gzip.
        case gzip
        /// Zstandard.
        case zstd
    }

    /// Compresses the file.
    ///
    /// - Parameters:
    ///   - packing: The compression format.
    ///   - isAnnounced: Whether `content-encoding` names the format.
    /// - Returns: The effect.
    public static func packs(_ packing: Packing, isAnnounced: Bool) -> Self {
        .rewrites { response in
            response.body =
                switch packing {
                case .gzip: GzipFile.holding(response.body)
                case .zstd: ZstdFile.holding(response.body)
                }
            if isAnnounced { response.fields["content-encoding"] = packing.rawValue }
        }
    }

    /// Begins the file with a byte order mark.
    public static let marks = rewritesBody { [0xEF, 0xBB, 0xBF] + $0 }

    /// Turns the lines of the file into a JSON list that spans several lines.
    public static let lists = rewritesBody { body in
        let lines = body.split(separator: UInt8(ascii: "\n"))
        return Array("[\n".utf8) + Array(lines.joined(separator: Array(",\n".utf8)))
            + Array("\n]\n".utf8)
    }

    /// Turns the lines of the file into the list `day_totals` of one document.
    public static let documents = rewritesBody { body in
        let lines = body.split(separator: UInt8(ascii: "\n"))
        return Array("{\"report_start_day\":null,\n\"day_totals\":[\n".utf8)
            + Array(lines.joined(separator: Array(",\n".utf8))) + Array("\n]}\n".utf8)
    }

    /// Changes the day of each record.
    public static let redates = rewritesRecords { record in
        [record.merging(["day": .string("2020-01-01")]) { $1 }]
    }

    /// Adds undocumented fields to each record.
    public static let addsFields = rewritesRecords { record in
        let entry = JSONValue.object(["orbit": .string("low"), "loc_added_sum": .integer(1)])
        let fields: [String: JSONValue] = [
            "totals_by_orbit": .array([entry]), "daily_active_astronauts": .integer(7),
        ]
        return [record.merging(fields) { $1 }]
    }

    /// Doubles the quantities of a bill.
    public static let doublesQuantities = Self.rewrites { response in
        guard case .object(var bill)? = JSON.value(response.body),
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
        response.body = JSON.encode(JSONValue.object(bill))
    }

    /// Ends the file within its last line; the announced length matches.
    public static let cuts = rewritesBody { Array($0.dropLast(20)) }

    /// Adds another record of each user before the one that counts.
    public static let repeatsUsers = rewritesRecords { record in
        var earlier = record
        for (field, value) in record {
            guard case .integer(let number) = value, field != "user_id" else { continue }
            earlier[field] = .integer(number + 1_000)
        }
        return [earlier, record]
    }

    /// Repeats the first entry of each breakdown.
    public static let repeatsRows = rewritesRecords { record in
        var record = record
        for case (let field, .array(let entries)) in record where field.hasPrefix("totals_by_") {
            record[field] = .array(entries.prefix(1) + entries)
        }
        return [record]
    }

    /// Lengthens the first lines of the file by an unknown field.
    ///
    /// - Parameters:
    ///   - byteCount: The bytes to add to each line.
    ///   - lineCount: The number of lines.
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
    /// - Parameter change: Returns the records that replace a record.
    /// - Returns: The effect.
    public static func rewritesRecords(
        _ change: @escaping @Sendable ([String: JSONValue]) -> [[String: JSONValue]]
    ) -> Self {
        rewritesBody { body in
            body.split(separator: UInt8(ascii: "\n")).flatMap { line -> [UInt8] in
                guard case .object(let record)? = JSON.value(Array(line)) else {
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
    /// Applies an effect to a report file without a request.
    ///
    /// - Parameters:
    ///   - file: A file that ``World/files(_:of:day:at:)`` returned.
    ///   - effect: The effect.
    /// - Returns: The file as a client receives it.
    public static func file(_ file: [UInt8], after effect: Fault.Effect) -> [UInt8] {
        var response = SimulatedResponse(200, body: file)
        if case .rewrites(let change) = effect { change(&response) }
        return response.body
    }
}
