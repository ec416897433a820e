#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What tells one version of a file from another: the sink replaces a file by another one.
struct FileStamp: Hashable {
    var file: UInt64
    var byteCount: Int64
    /// The time of the last change, in nanoseconds since 1970.
    var changed: Int64

    /// Looks at a file; nil if there is none that can be looked at.
    init?(of path: String) {
        var status = stat()
        // The call does not keep the path or the struct.
        guard unsafe stat(path, &status) == 0 else { return nil }
        file = UInt64(status.st_ino)
        byteCount = Int64(status.st_size)
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        changed = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Reads back ``text``.
    init?(_ text: [Substring]) {
        guard text.count == 3, let file = UInt64(text[0]), let byteCount = Int64(text[1]),
            let changed = Int64(text[2])
        else { return nil }
        self.file = file
        self.byteCount = byteCount
        self.changed = changed
    }

    var text: String { "\(file) \(byteCount) \(changed)" }
}
