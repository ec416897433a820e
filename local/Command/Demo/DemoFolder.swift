import Deployment
import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The folder that a demo writes to; it is emptied first and contains nothing else.
struct DemoFolder: Sendable {
    private static let firstLine =
        "# Written by copilot-local demo, which removes it when run again."

    let path: String

    /// The variables by which other commands look at what the demo left.
    var environmentFile: String { "\(path)/demo.env" }

    /// The first organization's newest file of samples, below `metrics`; nil if there is none.
    var newestSamples: String? {
        let files = FileManager.default
        let metrics = "\(path)/metrics"
        let organizations = (try? files.contentsOfDirectory(atPath: metrics)) ?? []
        guard let first = organizations.filter({ !$0.hasPrefix("_") }).min() else { return nil }
        let days = (try? files.contentsOfDirectory(atPath: "\(metrics)/\(first)")) ?? []
        return days.filter { $0.hasSuffix(".om") }.max().map { "\(first)/\($0)" }
    }

    /// Empties the folder of what an earlier demo left, or makes it.
    ///
    /// - Parameter path: The folder.
    /// - Throws: `misconfigured` if it holds something else, or cannot be written.
    init(emptying path: String) throws(Failure) {
        self.path = path
        let files = FileManager.default
        let names = (try? files.contentsOfDirectory(atPath: path)) ?? []
        let mark = try? String(contentsOfFile: "\(path)/demo.env", encoding: .utf8)
        guard names.isEmpty || mark?.hasPrefix(Self.firstLine) == true else {
            throw Failure(
                .misconfigured,
                "\(path) is not empty and was not written by a demo. Name another folder with --folder."
            )
        }
        do {
            for name in names where name != "demo.env" {
                try files.removeItem(atPath: "\(path)/\(name)")
            }
            try files.createDirectory(atPath: path, withIntermediateDirectories: true)
            // Before anything else is written: a demo that is cut short can be run again.
            try Data("\(Self.firstLine)\n".utf8).write(to: URL(filePath: "\(path)/demo.env"))
            // It will hold a key.
            try files.setAttributes(
                [.posixPermissions: 0o600], ofItemAtPath: "\(path)/demo.env")
        } catch {
            throw Failure(
                .misconfigured, "Cannot write to \(path). Name another folder with --folder.")
        }
    }

    /// Whether a file was left by a demo, whose simulated GitHub has ended.
    static func wrote(_ path: String) -> Bool {
        (try? String(contentsOfFile: path, encoding: .utf8))?.hasPrefix(firstLine) ?? false
    }

    /// Keeps the variables for other commands.
    func keep(_ variables: [String: String]) throws(Failure) {
        // What is relative to the working directory now is relative to this file later.
        let absolute = EnvironmentFile.resolve(
            variables, in: FileManager.default.currentDirectoryPath)
        let lines = [Self.firstLine] + EnvironmentText.lines(absolute)
        do {
            // In place, so that the file keeps its permissions.
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(
                to: URL(filePath: environmentFile))
        } catch {
            throw Failure(.unavailable, "Cannot write \(environmentFile).")
        }
    }
}
