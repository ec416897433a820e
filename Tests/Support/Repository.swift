#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The files of this repository, as the tests find them.
public enum Repository {
    /// The folder that holds `Package.swift`.
    public static let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()

    /// Reads a file.
    ///
    /// - Parameter path: The path from ``root``.
    /// - Returns: The file's bytes.
    /// - Throws: What the file system says.
    public static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: "\(root)/\(path)")))
    }

    /// The lines of a text file, without empty ones and those that begin with `#`.
    public static func lines(_ path: String) throws -> [String] {
        String(decoding: try bytes(path), as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") }
    }

    /// The recorded days of a real organization, anonymised: see the README beside them.
    public static let recordedFolder = "local/GitHubSimulator/Recorded/octodemo"

    /// The days that are recorded, as `YYYY-MM-DD`, in order.
    public static func recordedDays() throws -> [String] {
        try FileManager.default
            .contentsOfDirectory(atPath: "\(root)/\(recordedFolder)/organization-1-day")
            .map { String($0.dropLast(".ndjson".count)) }.sorted()
    }
}
