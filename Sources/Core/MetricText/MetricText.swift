public import Domain

/// The part of the text format of OpenMetrics 1.0 that gauges need.
///
/// Source: <https://prometheus.io/docs/specs/om/open_metrics_spec/>, "Text format".
public enum MetricText {
    /// The media type of the format.
    public static let mediaType = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    /// The last line of every document.
    public static let end = Array("# EOF\n".utf8)

    /// The start of the first line of a metric family.
    public static let help = Array("# HELP ".utf8)

    /// The lines before the samples of a metric family.
    ///
    /// - Parameter unit: The unit, if the name ends with it.
    public static func heading(_ name: String, unit: String? = nil, help text: String) -> [UInt8] {
        var lines = help + Array("\(name) ".utf8)
        appendEscaped(text.utf8.span, to: &lines)
        lines += Array("\n# TYPE \(name) gauge\n".utf8)
        if let unit { lines += Array("# UNIT \(name) \(unit)\n".utf8) }
        return lines
    }

    /// The name and the labels of a sample about the collector, such as `name{label="value"}`.
    public static func series(_ sample: CollectorReport.Sample) -> [UInt8] {
        var text = Array(sample.metric.name.utf8)
        for (index, label) in sample.labels.enumerated() {
            text += Array((index == 0 ? "{\(label.name)=\"" : ",\(label.name)=\"").utf8)
            appendEscaped(label.value.utf8.span, to: &text)
            text.append(UInt8(ascii: "\""))
        }
        if !sample.labels.isEmpty { text.append(UInt8(ascii: "}")) }
        return text
    }

    /// The samples as a document without times, with the heading of each of their families.
    ///
    /// - Parameter families: The metrics in the order of the document, also those without a sample.
    public static func document(
        _ samples: [CollectorReport.Sample], families: [CollectorMetric]
    ) -> [UInt8] {
        let byMetric = Dictionary(grouping: samples, by: \.metric)
        var text: [UInt8] = []
        for metric in families {
            text += heading(metric.name, unit: metric.declaredUnit, help: metric.help)
            for sample in byMetric[metric] ?? [] {
                text += series(sample) + Array(" \(number(sample.value))\n".utf8)
            }
        }
        return text
    }

    /// Appends a label value or a help text, escaped as in the section "Escaping".
    public static func appendEscaped(_ text: borrowing Span<UInt8>, to line: inout [UInt8]) {
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "\\"): line += [UInt8(ascii: "\\"), UInt8(ascii: "\\")]
            case UInt8(ascii: "\""): line += [UInt8(ascii: "\\"), UInt8(ascii: "\"")]
            case UInt8(ascii: "\n"): line += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case let byte: line.append(byte)
            }
        }
    }

    /// A number that is read back as the same `Double`.
    ///
    /// A whole number up to 2^53 has no exponent.
    public static func number(_ value: Double) -> String {
        if let whole = Int64(exactly: value), whole.magnitude <= 1 << 53 {
            // -0 is whole too, but "0" would be read back as +0.
            return whole == 0 && value.sign == .minus ? "-0.0" : String(whole)
        }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return value.isNaN ? "NaN" : value.description
    }
}
