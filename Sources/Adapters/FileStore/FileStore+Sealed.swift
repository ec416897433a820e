import Domain

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension FileStore {
    /// Whether a folder holds entries whose values are sealed, without opening or creating it.
    ///
    /// They are `credentials/…` and `pseudonym-key`. A used authorization is not sealed.
    public static func holdsSealedEntries(folder: String) -> Bool {
        let files = FileManager.default
        let credentials = try? files.contentsOfDirectory(atPath: "\(folder)/credentials")
        return credentials?.isEmpty == false
            || files.fileExists(atPath: "\(folder)/\(EntryName.path(of: .pseudonymKey))")
    }
}
