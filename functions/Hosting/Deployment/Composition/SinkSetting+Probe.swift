public import Domain
public import Host
public import Ports
import RemoteWrite

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SinkSetting {
    /// The series of the sample that a backend receives.
    public static let probeName = RemoteWriteSink.probeName

    /// Tests whether the destination accepts current samples.
    ///
    /// A backend receives one sample about the collector. A folder receives a temporary file.
    ///
    /// - Parameters:
    ///   - time: The sample's time.
    ///   - adapters: The adapters for requests.
    /// - Returns: The outcome of the delivery.
    /// - Throws: The reason why the test could not run, naming the variable to check.
    public func probe(
        at time: Timestamp, through adapters: Adapters
    ) async throws(Failure) -> Delivery {
        switch self {
        case .file(let folder):
            // Two concurrent probes must not remove each other's file.
            let number = adapters.entropy.bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            // One that is missing is made by the first collection, in the folder above it.
            var place = folder
            while FolderAccess.reading.isEmpty(place), place != "/" {
                place = URL(filePath: place).deletingLastPathComponent().path
            }
            try Self.tryWriting(in: place, named: ".doctor-\(number)")
            return Delivery(accepted: 1)
        case .remoteWrite(let backend, _):
            let sink = RemoteWriteSink(
                settings: backend, transport: adapters.transport, time: adapters.time,
                wallClock: adapters.clock, entropy: adapters.entropy)
            var delivery = try await sink.probe(at: time)
            guard delivery.rejected == 0 else { return delivery }
            delivery.reasons += await Self.refusals(ofMetadataBy: sink)
            return delivery
        }
    }

    /// Why a backend does not take the help texts of metrics; empty if it does.
    ///
    /// Nobody needs them to read samples, so that is no problem.
    private static func refusals(ofMetadataBy sink: RemoteWriteSink) async -> [String] {
        let reasons: [String]
        do throws(Failure) {
            reasons = try await sink.sendMetadata().reasons
        } catch {
            reasons = [error.message]
        }
        return reasons.map { "does not take the help texts of metrics (\($0))" }
    }

    /// Creates and removes a file: only that proves that a disk is neither full nor read-only.
    private static func tryWriting(in folder: String, named name: String) throws(Failure) {
        let path = "\(folder)/\(name)"
        do {
            try Data(name.utf8).write(to: URL(filePath: path))
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw Failure(
                .misconfigured,
                "nothing can be written to \(folder): let this user write there and see that the "
                    + "disk has room, or name another folder in METRICS_SINK")
        }
    }
}
