public import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The source of the event of `--event`.
public enum EventFile {
    /// Reads an event.
    ///
    /// - Parameter path: The path of the file, or `-` for standard input.
    /// - Returns: The content of the file.
    /// - Throws: `misconfigured` if the file cannot be read.
    public static func read(_ path: String) throws(Failure) -> [UInt8] {
        guard path != "-" else {
            var text = ""
            while let line = readLine(strippingNewline: false) { text += line }
            return Array(text.utf8)
        }
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw Failure(
                .misconfigured,
                "--event \(path) cannot be read: check the path and the permissions,"
                    + " or write - for standard input")
        }
    }
}
