import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Explains settings that are wrong because of the file they are read from.
enum MissingSettings {
    /// Adds what a person has probably overlooked.
    ///
    /// - Parameters:
    ///   - failure: What is wrong with the settings.
    ///   - file: The file of `--env-file`.
    /// - Returns: The failure to report.
    static func explain(_ failure: Failure, file: String?) -> Failure {
        guard failure.code == .misconfigured else { return failure }
        if let file, DemoFolder.wrote(file) {
            return Failure(
                .misconfigured,
                "\(Place.path(file)) was left by a demo, whose simulated GitHub has ended, so nothing can"
                    + " be collected with it: look with `\(Place.program) status --env-file"
                    + " \(Place.path(file))`, or play again with `\(Place.program) demo`.")
        }
        if file == nil, FileManager.default.fileExists(atPath: ".env") {
            return Failure(
                .misconfigured,
                "\(failure.message)\nThere is a .env in this folder: add --env-file .env to read it."
            )
        }
        return failure
    }
}
