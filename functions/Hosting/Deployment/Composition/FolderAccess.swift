#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a command may do to the folders of `file:DIR` stores and buses.
public enum FolderAccess: Sendable {
    /// Creates a folder that does not exist.
    case creating
    /// Creates nothing: a folder that does not exist is read as an empty one.
    case reading

    /// Whether a folder is to be read as an empty one.
    func isEmpty(_ folder: String) -> Bool {
        self == .reading && !FileManager.default.fileExists(atPath: folder)
    }
}
