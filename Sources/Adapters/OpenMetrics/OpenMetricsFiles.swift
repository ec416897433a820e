public import Domain
public import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes samples as OpenMetrics text, one file per organization and day:
/// `<folder>/<login>/<day>.om`.
///
/// A file is always complete: a new version is written to another file, flushed to the disk and
/// renamed. It replaces the metric families of its source and keeps those of other sources. The
/// format is OpenMetrics 1.0, <https://prometheus.io/docs/specs/om/open_metrics_spec/>, as
/// `promtool tsdb create-blocks-from openmetrics` reads it. The tags of a scope are not part of it.
///
/// Each organization's folder has an empty file `.lock`. A file is replaced under its lock, so that
/// two processes that write two sources of one day lose nothing.
public struct OpenMetricsFiles: MetricSink {
    private let folder: String

    /// Opens the sink, and creates the folder unless it exists.
    ///
    /// - Throws: `misconfigured` if the folder cannot be created or written to.
    public init(folder: String) throws(Failure) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw Failure(
                .misconfigured,
                "cannot create the folder \(folder). Set METRICS_SINK to a folder whose parent this "
                    + "user may write to.")
        }
        guard FileManager.default.isWritableFile(atPath: folder) else {
            throw Failure(
                .misconfigured,
                "cannot write to the folder \(folder). Let this user write there, or set METRICS_SINK "
                    + "to another folder.")
        }
        self.folder = folder
    }

    /// Writes one source of one organization's day; see ``MetricSink``.
    public func withWriter(
        for scope: SampleScope, _ body: (any SampleWriter) async throws(Failure) -> Void
    ) async throws(Failure) -> Delivery {
        let writer = DayFileWriter()
        try await writer.open(scope, in: "\(folder)/\(scope.organization)")
        try await body(writer)
        return try await writer.finish()
    }

    /// The folder of the samples about the collector.
    ///
    /// No organization on GitHub can have this name.
    static let collectorFolder = "_collector"

    /// Merges samples about the collector into `<folder>/_collector/<day>.om`; see ``MetricSink``.
    ///
    /// The day is that of the samples' time.
    public func write(_ report: CollectorReport) async throws(Failure) -> Delivery {
        try await CollectorFileWriter().write(report, in: "\(folder)/\(Self.collectorFolder)")
    }
}
