/// One change on its way to the disk: where a crash would make a difference.
package enum DiskStep: Sendable {
    /// A folder is made.
    case makeFolder
    /// Bytes are written.
    case write
    /// What was written is flushed.
    case sync
    /// A file gets its name.
    case rename
    /// A file is removed.
    case remove
}
