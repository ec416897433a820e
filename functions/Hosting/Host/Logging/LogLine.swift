import Domain
import Logging
import Ports
import Toolbox

/// One log line before it is written: a value, so that formatting is a pure function.
struct LogLine {
    /// The longest text of a message or a field, in characters; longer text is truncated.
    static let textLengthMax = 4_096

    let time: Timestamp
    let level: Logger.Level
    let message: String
    /// The fields by name, redacted like the message.
    let metadata: Logger.Metadata

    /// Formats the line without its line break.
    func rendered(as format: LogFormat, inColour: Bool = false) -> String {
        switch format {
        case .json: json
        case .text: text(inColour: inColour)
        }
    }

    // Written piece by piece to keep the order that suits a reader, which an encoder does not.
    private var json: String {
        let metadata = JSONValue.object(metadata.mapValues(Self.value))
        return "{\"time\":\(Self.encoded(.string(time.description)))"
            + ",\"level\":\(Self.encoded(.string(level.rawValue)))"
            + ",\"message\":\(Self.encoded(.string(Self.clean(message))))"
            + ",\"metadata\":\(Self.encoded(metadata))}"
    }

    private func text(inColour: Bool) -> String {
        let level = level.rawValue.uppercased()
        let fields = metadata.sorted { $0.key < $1.key }
            .filter { !isTold($0.value.description) }
            .map { key, value in
                " \(key.escaped())=\(Self.clean(value.description).escaped())"
            }
        let label = inColour ? "\(colour)\(level)\u{1B}[0m" : level
        return "\(time) \(label) \(Self.clean(message).escaped())\(fields.joined())"
    }

    /// Whether the message already has the value of a field, such as a login or a day.
    ///
    /// A short value, such as a number, can be there for another reason.
    private func isTold(_ value: String) -> Bool { value.count > 3 && message.contains(value) }

    private var colour: String {
        switch level {
        case .trace, .debug: "\u{1B}[2m"
        case .info, .notice: "\u{1B}[36m"
        case .warning: "\u{1B}[33m"
        case .error, .critical: "\u{1B}[31m"
        }
    }

    private static func value(_ value: Logger.MetadataValue) -> JSONValue {
        switch value {
        case .string(let text): .string(clean(text))
        case .stringConvertible(let thing): .string(clean(thing.description))
        case .array(let values): .array(values.map(Self.value))
        case .dictionary(let values): .object(values.mapValues(Self.value))
        }
    }

    private static func encoded(_ value: JSONValue) -> String {
        String(decoding: JSON.encode(value), as: UTF8.self).escaped { "\\u\($0)" }
    }

    private static func clean(_ text: String) -> String {
        // Truncate first to bound the matching: the shapes also match a secret that lost its end.
        let head = text.prefix(textLengthMax)
        return Redactor.redact(String(head)) + (head.endIndex < text.endIndex ? "…" : "")
    }
}
