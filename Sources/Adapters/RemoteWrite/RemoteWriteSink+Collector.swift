public import Domain
public import Ports

extension RemoteWriteSink {
    /// Writes samples about the collector, as one request; see ``MetricSink``.
    public func write(_ report: CollectorReport) async throws(Failure) -> Delivery {
        guard !report.samples.isEmpty else { return Delivery(accepted: 0) }
        // The names of the tags sort before those of all labels of a report.
        let tags: [UInt8] =
            switch settings.backend {
            case .generic: []
            case .coralogix:
                try TagLabels(
                    report.tags, valueByteCountMax: settings.limits.labelValueByteCountMax
                ).bytes
            }
        let body = report.samples.flatMap { sample in
            Protobuf.series(
                sample.metric.name,
                tags + sample.labels.flatMap { Protobuf.label($0.name, $0.value) },
                sample.value, at: report.time)
        }
        let delivery = try await Self.send(body, of: report.samples.count, by: brief)
        if delivery.rejected == 0 { await announceMetadata() }
        return delivery
    }

    /// Sends one request that is accepted or rejected as a whole.
    ///
    /// - Parameter count: The number of samples, or what else the request has.
    static func send(
        _ body: [UInt8], of count: Int, by sender: Sender
    ) async throws(Failure) -> Delivery {
        switch try await sender.send(Snappy.compress(body[...])) {
        case .accepted: Delivery(accepted: count)
        case .rejected(let rejection):
            Delivery(accepted: 0, rejected: count, reasons: [rejection.text])
        }
    }
}

extension Protobuf {
    /// Encodes one series with one sample.
    ///
    /// - Parameter labels: The encoded labels besides the name, sorted by name.
    static func series(
        _ name: String, _ labels: [UInt8], _ value: Double, at time: Timestamp
    ) -> [UInt8] {
        let name = label("__name__", name)
        let sample = sample(at: time)
        let bits = value.bitPattern.littleEndian
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
        let content = name + labels + sample.before + bytes + sample.after
        var series: [UInt8] = []
        append(Self.series, length: content.count, to: &series)
        return series + content
    }
}
