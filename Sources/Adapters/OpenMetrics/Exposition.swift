import Domain

/// The part of the text format of OpenMetrics 1.0 that gauges need.
///
/// Source: <https://prometheus.io/docs/specs/om/open_metrics_spec/>, "Text format".
enum Exposition {
    /// The last line of every file.
    static let end = Array("# EOF\n".utf8)

    /// The start of the first line of a metric family.
    static let help = Array("# HELP ".utf8)

    /// The two lines before the samples of a metric family.
    static func heading(of metric: Metric) -> [UInt8] {
        var lines = help + metric.name.utf8 + [space]
        appendEscaped(metric.help.utf8.span, to: &lines)
        lines += Array("\n# TYPE \(metric.name) gauge\n".utf8)
        return lines
    }

    /// Appends a line such as `name{label="value",…} value seconds`.
    ///
    /// - Parameters:
    ///   - labels: The labels of the sample's batch.
    ///   - seconds: The time of the sample, in whole seconds since 1970.
    static func append(
        _ sample: SampleBatch.Sample, _ labels: borrowing LabelText, at seconds: String,
        to line: inout [UInt8]
    ) {
        line += names[Int(sample.metric.index)]
        let (head, tail) = (labels[sample.head], labels[sample.tail])
        if !head.isEmpty || !tail.isEmpty {
            line.append(UInt8(ascii: "{"))
            line += head
            if !head.isEmpty, !tail.isEmpty { line.append(UInt8(ascii: ",")) }
            line += tail
            line.append(UInt8(ascii: "}"))
        }
        line.append(space)
        line += text(of: sample.value).utf8
        line.append(space)
        line += seconds.utf8
        line.append(UInt8(ascii: "\n"))
    }

    /// Appends a label value or a help text, escaped as in the section "Escaping".
    static func appendEscaped(_ text: borrowing Span<UInt8>, to line: inout [UInt8]) {
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
    static func text(of value: Double) -> String {
        if let whole = Int64(exactly: value), whole.magnitude <= 1 << 53 {
            // -0 is whole too, but "0" would be read back as +0.
            return whole == 0 && value.sign == .minus ? "-0.0" : String(whole)
        }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return value.isNaN ? "NaN" : value.description
    }

    private static let space = UInt8(ascii: " ")
    private static let names = Catalogue.every.map { Array($0.name.utf8) }
}
