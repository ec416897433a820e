import Domain

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The samples of one day's file that an index keeps.
///
/// The format is OpenMetrics 1.0, as the sink `file:` writes it.
struct DayFileReader {
    /// The text before the value of each line, such as `name{label="value"}`.
    private(set) var points: [(series: String, value: Double)] = []

    /// What is wrong with a file, as the end of a sentence.
    struct Damage: Error, Hashable {
        var reason: String
    }

    private static let help = Array("# HELP ".utf8)
    private static let end = Array("# EOF".utf8)

    /// Reads a file.
    ///
    /// Other families are passed over: only the ends of their lines are looked for.
    init(_ bytes: [UInt8], _ lines: IndexedLines) throws(Damage) {
        guard bytes.suffix(Self.end.count + 1).elementsEqual(Self.end + [Self.newline]) else {
            throw Damage(reason: "it does not end with \"# EOF\", so a part is missing")
        }
        var start = 0
        var number = 0
        var isSkipped = false
        while start < bytes.count {
            number += 1
            let stop = Self.endOfLine(bytes, from: start)
            let line = bytes[start..<stop]
            if line.first == Self.hash {
                if line.starts(with: Self.help) {
                    let family = line.dropFirst(Self.help.count).prefix { $0 != Self.space }
                    isSkipped = !lines.contains(family: family)
                }
            } else if !isSkipped {
                try read(line, number)
            }
            start = stop + 1
        }
    }

    /// Reads `name{label="value",…} value seconds`: the last two spaces are never in a label.
    private mutating func read(_ line: ArraySlice<UInt8>, _ number: Int) throws(Damage) {
        guard let last = line.lastIndex(of: Self.space),
            let before = line[..<last].lastIndex(of: Self.space),
            let value = Self.number(line[(before + 1)..<last]),
            let series = String(validating: line[..<before], as: UTF8.self), !series.isEmpty
        else { throw Damage(reason: "line \(number) is not a sample") }
        points.append((series, value))
    }

    static func number(_ text: some Collection<UInt8>) -> Double? {
        // Almost all values are short whole numbers.
        if text.count < 16, text.allSatisfy({ 0x30...0x39 ~= $0 }), !text.isEmpty {
            return Double(text.reduce(0) { $0 * 10 + Int($1 - 0x30) })
        }
        return Double(String(decoding: text, as: UTF8.self))
    }

    private static func endOfLine(_ bytes: [UInt8], from start: Int) -> Int {
        // The search stays inside the array, and its result is turned into an index at once.
        unsafe bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress,
                let found = unsafe memchr(base + start, Int32(newline), buffer.count - start)
            else { return buffer.count }
            return unsafe UnsafeRawPointer(found) - base
        }
    }

    private static let newline = UInt8(ascii: "\n")
    private static let space = UInt8(ascii: " ")
    private static let hash = UInt8(ascii: "#")
}

/// A metric's name and labels, read from `name{label="value",…}`.
struct ParsedSeriesName {
    let metric: String
    let labels: [String: String]

    /// Parses the text; nil if it has another form.
    init?(_ text: String) {
        var rest = text.unicodeScalars[...]
        let name = rest.prefix { $0 != "{" }
        guard !name.isEmpty else { return nil }
        metric = String(name)
        rest = rest.dropFirst(name.count)
        var labels: [String: String] = [:]
        while let next = rest.first, next != "}" {
            guard rest.popFirst() == (labels.isEmpty ? "{" : ",") else { return nil }
            let label = rest.prefix { $0 != "=" }
            rest = rest.dropFirst(label.count)
            guard rest.popFirst() == "=", rest.popFirst() == "\"",
                let value = Self.value(&rest),
                labels.updateValue(value, forKey: String(label)) == nil
            else { return nil }
        }
        // Either there are no braces, or the closing one is left.
        guard rest.count == (labels.isEmpty ? 0 : 1) else { return nil }
        self.labels = labels
    }

    /// Reads up to the closing quotation mark, which is taken too.
    private static func value(_ rest: inout Substring.UnicodeScalarView) -> String? {
        var value = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return String(value)
            case "\\":
                switch rest.popFirst() {
                case "n": value.append("\n")
                case "\\": value.append("\\")
                case "\"": value.append("\"")
                default: return nil
                }
            default: value.append(scalar)
            }
        }
        return nil
    }
}
