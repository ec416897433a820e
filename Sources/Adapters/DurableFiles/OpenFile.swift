package import Domain
import Ports

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file or folder held open; it is closed when this value ends.
///
/// FoundationEssentials neither locks a file nor flushes one to the disk, so the calls that must
/// be exact are made here.
package struct OpenFile: ~Copyable {
    private let path: String
    private let number: Int32

    /// How a file is opened.
    package enum Mode: Sendable {
        /// A file or folder that is there.
        case read
        /// A file that is there, at any place.
        case change
        /// A file that is made if it is not there and emptied if it is.
        case rewrite
        /// A file that is made if it is not there; only ever locked.
        case lock

        fileprivate var flags: Int32 {
            switch self {
            case .read: O_RDONLY | O_CLOEXEC
            case .change: O_RDWR | O_CLOEXEC
            case .rewrite: O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
            case .lock: O_RDWR | O_CREAT | O_CLOEXEC
            }
        }
    }

    /// Opens what is at `path`; nobody but the owner may read what it makes.
    ///
    /// - Returns: The file, or nil if there is none and `mode` makes none, or a folder on the way
    ///   to it is missing.
    package static func open(_ path: String, _ mode: Mode) throws(Failure) -> OpenFile? {
        let number = retrying { Self.systemOpen(path, mode.flags, 0o600) }
        guard number >= 0 else {
            guard errno == ENOENT else { throw Failure(errno: errno, "open", path) }
            return nil
        }
        return OpenFile(path: path, number: number)
    }

    private init(path: String, number: Int32) {
        self.path = path
        self.number = number
    }

    deinit { _ = close(number) }

    /// The count of bytes in the file.
    package func byteCount() throws(Failure) -> Int {
        var status = stat()
        // The struct is lent for the call.
        guard unsafe fstat(number, &status) == 0 else { throw Failure(errno: errno, "read", path) }
        return Int(status.st_size)
    }

    /// Reads up to `countMax` bytes from `offset` on; fewer only at the file's end.
    package func read(from offset: Int, countMax: Int) throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: countMax)
        var count = 0
        while count < countMax {
            let step = unsafe bytes.withUnsafeMutableBytes { buffer in
                // Only the rest of the buffer is lent, and only for the call.
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                return retrying {
                    unsafe pread(number, rest.baseAddress, rest.count, off_t(offset + count))
                }
            }
            guard step >= 0 else { throw Failure(errno: errno, "read", path) }
            guard step > 0 else { break }
            count += step
        }
        bytes.removeLast(countMax - count)
        return bytes
    }

    /// Writes all of `bytes` at `offset`.
    package func write(_ bytes: [UInt8], at offset: Int) throws(Failure) {
        var count = 0
        while count < bytes.count {
            let step = unsafe bytes.withUnsafeBytes { buffer in
                // Only the rest of the buffer is lent, and only for the call.
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[count...])
                return retrying {
                    unsafe pwrite(number, rest.baseAddress, rest.count, off_t(offset + count))
                }
            }
            guard step >= 0 else { throw Failure(errno: errno, "write", path) }
            count += step
        }
    }

    /// Waits until what was written is on the disk; for a folder, until its names are.
    package func sync() throws(Failure) {
        guard retrying({ fsync(number) }) == 0 else { throw Failure(errno: errno, "write", path) }
    }

    /// Waits until nobody else, in this process or another, holds the lock on this file.
    ///
    /// The lock belongs to this opening of the file, not to the process: `flock(2)`.
    package func lock() throws(Failure) {
        guard retrying({ flock(number, LOCK_EX) }) == 0 else {
            throw Failure(errno: errno, "lock", path)
        }
    }

    /// Lets the next one have the lock.
    package func unlock() { _ = flock(number, LOCK_UN) }

    private static func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
        // The path is lent for the call.
        #if canImport(Glibc)
        unsafe Glibc.open(path, flags, mode)
        #else
        unsafe Darwin.open(path, flags, mode)
        #endif
    }
}

/// Makes a system call again for as long as a signal cuts it short.
private func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}
