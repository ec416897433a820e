import FileStore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension StateStoreSetting {
    /// The absolute path of the folder, if the store is one and the folder does not exist.
    public var missingFolder: String? {
        guard case .file(let folder) = self, FolderAccess.reading.isEmpty(folder) else {
            return nil
        }
        return Self.absolute(folder)
    }

    /// Whether the store is a folder with entries that were sealed with some key.
    public var holdsSealedEntries: Bool {
        guard case .file(let folder) = self else { return false }
        return FileStore.holdsSealedEntries(folder: folder)
    }

    /// A path as people find it from any folder.
    public static func absolute(_ path: String) -> String {
        URL(filePath: path).standardizedFileURL.path
    }
}

extension EventBusSetting {
    /// The absolute path of the folder, if the bus is one and the folder does not exist.
    public var missingFolder: String? {
        guard case .file(let folder) = self, FolderAccess.reading.isEmpty(folder) else {
            return nil
        }
        return StateStoreSetting.absolute(folder)
    }
}
