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
        guard [.misconfigured, .notFound].contains(failure.code) else { return failure }
        if let file, DemoFolder.wrote(file) {
            return Failure(
                .misconfigured,
                "\(Place.path(file)) was left by a demo, whose simulated GitHub has ended, so nothing can"
                    + " be collected with it: look with `\(Place.program) status --env-file"
                    + " \(Place.path(file))`, or play again with `\(Place.program) demo`.")
        }
        guard let hint = unread(file) else { return failure }
        return Failure(.misconfigured, "\(failure.message)\n\(hint)")
    }

    /// What to do about a `.env` that is here and not read; nil if there is none.
    static func unread(_ file: String?) -> String? {
        file == nil && FileManager.default.fileExists(atPath: ".env")
            ? "There is a .env in this folder: add --env-file .env to read it." : nil
    }
}
