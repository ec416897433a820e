public import Host
public import Domain
public import Ports
import RemoteWrite

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SinkSetting {
    /// Finds out whether the place takes samples of a moment.
    ///
    /// A backend is sent one sample about the collector; in a folder a file is made and removed.
    ///
    /// - Parameters:
    ///   - time: The sample's time.
    ///   - adapters: What requests travel by.
    /// - Returns: What became of the sample.
    /// - Throws: Why the place could not be asked, naming the variable to look at.
    public func probe(
        at time: Timestamp, through adapters: Adapters
    ) async throws(Failure) -> Delivery {
        switch self {
        case .file(let folder):
            // Two that try at once must not remove each other's file.
            let number = adapters.entropy.bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            try Self.tryWriting(in: folder, named: ".doctor-\(number)")
            return Delivery(accepted: 1)
        case .remoteWrite(let backend, _):
            return try await RemoteWriteSink(
                settings: backend, transport: adapters.transport, time: adapters.time,
                wallClock: adapters.clock, entropy: adapters.entropy
            ).probe(at: time)
        }
    }

    /// Only a file that was made says that a disk is neither full nor read-only.
    private static func tryWriting(in folder: String, named name: String) throws(Failure) {
        let path = "\(folder)/\(name)"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
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
