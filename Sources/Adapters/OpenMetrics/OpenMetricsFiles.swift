public import Domain
public import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Samples as OpenMetrics text, one file per organization and day: `<folder>/<login>/<day>.om`.
///
/// A file is always whole: it is written beside, flushed to the disk and renamed. Each writing
/// replaces the families of its own source and keeps those of the others. The text is OpenMetrics
/// 1.0, <https://prometheus.io/docs/specs/om/open_metrics_spec/>, and what
/// `promtool tsdb create-blocks-from openmetrics` reads. The tags of a scope do not appear in it.
///
/// Beside the files of an organization stands `.lock`, an empty file under whose lock a file is
/// replaced, so that two processes which write two sources of one day lose nothing.
public struct OpenMetricsFiles: MetricSink {
    private let folder: String

    /// Opens the sink, making the folder if need be.
    ///
    /// - Parameter folder: The folder's path.
    /// - Throws: `misconfigured` if the folder cannot be made or written to.
    public init(folder: String) throws(Failure) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw Failure(
                .misconfigured,
                "the folder \(folder) of METRICS_SINK cannot be made; name one below a folder "
                    + "that this user may write to")
        }
        guard FileManager.default.isWritableFile(atPath: folder) else {
            throw Failure(
                .misconfigured,
                "the folder \(folder) of METRICS_SINK may not be written to; let this user write "
                    + "there, or name another")
        }
        self.folder = folder
    }

    /// Begins a writing; see ``MetricSink``.
    public func open(_ scope: SampleScope) async throws(Failure) -> any SampleWriter {
        try DayFileWriter(scope, in: "\(folder)/\(scope.organization)")
    }
}
