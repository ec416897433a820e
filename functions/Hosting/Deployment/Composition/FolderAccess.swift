#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The access of a command to the folders of `file:DIR` stores, buses and backends.
public enum FolderAccess: Sendable {
    /// Creates a missing folder.
    case creating
    /// Creates nothing and reads a missing folder as an empty one; writes no samples.
    case reading

    /// Whether to read a folder as an empty one.
    func isEmpty(_ folder: String) -> Bool {
        self == .reading && !FileManager.default.fileExists(atPath: folder)
    }
}
