/// A change to the disk.
///
/// A crash before it leaves another state than a crash after it.
package enum DiskStep: Sendable {
    /// Creates a folder.
    case makeFolder
    /// Writes bytes.
    case write
    /// Flushes what was written.
    case sync
    /// Gives a file its name.
    case rename
    /// Removes a file.
    case remove
}
