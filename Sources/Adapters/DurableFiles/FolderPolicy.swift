#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Who may read the files of a folder, and which variable sets the folder.
package struct FolderPolicy: Sendable {
    /// The variable that an error message tells a person to correct, such as `STATE_STORE`.
    let variable: String
    let fileMode: mode_t
    let folderMode: mode_t

    /// Only the owner reads and writes: files have the mode 0600, folders 0700.
    package static func ownerOnly(_ variable: String) -> FolderPolicy {
        FolderPolicy(variable: variable, fileMode: 0o600, folderMode: 0o700)
    }

    /// Every user reads, the owner writes: files have the mode 0644, folders 0755.
    package static func readableByAll(_ variable: String) -> FolderPolicy {
        FolderPolicy(variable: variable, fileMode: 0o644, folderMode: 0o755)
    }
}
