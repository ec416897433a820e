public import Domain
public import Ports
import Synchronization

/// The help, the type and the unit of every metric, as remote write 1.0 carries them.
///
///     WriteRequest   { repeated MetricMetadata metadata = 3; }
///     MetricMetadata { MetricType type = 1; string metric_family_name = 2; string help = 4; string unit = 5; }
///
/// Field 3 is reserved by the specification, and is what Prometheus sends. Source:
/// <https://github.com/prometheus/prometheus/blob/main/prompb/types.proto>.
enum Metadata {
    /// A write request without series.
    ///
    /// It is encoded when it is first needed, which is not at start.
    static let request: [UInt8] =
        Catalogue.every.flatMap { encode($0.name, $0.help, $0.unit.rawValue) }
        + CollectorMetric.all.filter(\.isWritten).flatMap {
            encode($0.name, $0.help, $0.unit.rawValue)
        }

    /// The number of metrics.
    static let count = Catalogue.every.count + CollectorMetric.all.count(where: \.isWritten)

    private static let metadata: UInt8 = 3 << 3 | 2
    /// `MetricType.GAUGE`.
    private static let typeGauge: [UInt8] = [1 << 3, 2]

    private static func encode(_ name: String, _ help: String, _ unit: String) -> [UInt8] {
        var content = typeGauge
        for (tag, text) in [(2 << 3 | 2 as UInt8, name), (4 << 3 | 2, help), (5 << 3 | 2, unit)] {
            Protobuf.append(tag, length: text.utf8.count, to: &content)
            content += Array(text.utf8)
        }
        var bytes: [UInt8] = []
        Protobuf.append(metadata, length: content.count, to: &bytes)
        return bytes + content
    }
}

/// Lets one caller per day send the metadata.
final class MetadataTurn: Sendable {
    private let latest = Mutex<Day?>(nil)

    /// Takes the turn of a day; false if somebody else has taken it.
    func take(_ day: Day) -> Bool {
        latest.withLock { latest in
            guard latest != day else { return false }
            latest = day
            return true
        }
    }
}

extension RemoteWriteSink {
    /// Sends the metadata of all metrics, once per day and process, after samples were accepted.
    ///
    /// It travels in a request of its own, so a backend that refuses it loses no samples. Nobody needs
    /// it to read samples, so a failure ends the turn of the day: `doctor` reports it.
    func announceMetadata() async {
        guard settings.sendsMetadata, turn.take(Day(containing: wallClock.now())) else { return }
        _ = try? await sendMetadata()
    }

    /// Sends the metadata of all metrics.
    ///
    /// - Returns: How many metrics the backend accepted or rejected.
    /// - Throws: What ``SampleWriter/write(_:)`` throws; `misconfigured` if the address is wrong.
    public func sendMetadata() async throws(Failure) -> Delivery {
        try await Self.send(Metadata.request, of: Metadata.count, by: brief)
    }
}
