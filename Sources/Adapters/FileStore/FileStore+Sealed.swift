import Domain

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension FileStore {
    /// Whether a folder holds entries whose values are sealed, without opening or creating it.
    ///
    /// They are `credentials/…`, `github-app` and `pseudonym-key`. A used authorization is not sealed.
    public static func holdsSealedEntries(folder: String) -> Bool {
        let files = FileManager.default
        let credentials = try? files.contentsOfDirectory(atPath: "\(folder)/credentials")
        return credentials?.isEmpty == false
            || [StoreKey.pseudonymKey, .gitHubApp].contains { key in
                files.fileExists(atPath: "\(folder)/\(EntryName.path(of: key))")
            }
    }
}
