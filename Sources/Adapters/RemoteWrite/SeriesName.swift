import Domain

/// A series in text form, `name{label="value"}`, without people's names and addresses.
enum SeriesName {
    /// Names a sample of a batch.
    static func text(of sample: SampleBatch.Sample, in batch: SampleBatch) -> String {
        text(
            sample.metric.metric.name,
            batch.labels(of: sample).map { (name: $0.label.description, value: $0.value) })
    }

    /// Names an encoded series.
    ///
    /// Of a request in flight, only the encoded form is kept.
    static func text(ofEncoded series: ArraySlice<UInt8>) -> String {
        var rest = series
        rest = Protobuf.takeMessage(from: &rest)
        var labels: [(name: String, value: String)] = []
        while let label = Protobuf.takeLabel(from: &rest) { labels.append(label) }
        return text(labels.first?.value ?? "", labels.dropFirst())
    }

    private static func text(
        _ metric: String, _ labels: some Sequence<(name: String, value: String)>
    ) -> String {
        let hidden = Label.allCases.filter { !$0.isIdentifying }.map(\.description)
        let shown = labels.filter { !hidden.contains($0.name) }
            .map { "\($0.name)=\($0.value.prefix(64).debugDescription)" }
        return "\(metric){\(shown.joined(separator: ","))}"
    }
}
