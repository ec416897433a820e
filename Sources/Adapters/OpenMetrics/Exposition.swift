import Domain
import MetricText

/// The lines of the samples of reports.
enum Exposition {
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
        line += MetricText.number(sample.value).utf8
        line.append(space)
        line += seconds.utf8
        line.append(UInt8(ascii: "\n"))
    }

    private static let space = UInt8(ascii: " ")
    private static let names = Catalogue.every.map { Array($0.name.utf8) }
}
