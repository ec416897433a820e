package import Domain
import Ports

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An open file or folder, which is closed when the value's lifetime ends.
///
/// FoundationEssentials can neither lock a file nor flush it to the disk.
package struct OpenFile: ~Copyable {
    private let path: String
    private let variable: String
    private let descriptor: Int32

    /// How a file is opened.
    package enum Mode: Sendable {
        /// Reads an existing file or folder.
        case read
        /// Reads and writes an existing file.
        case change
        /// Writes a file, which is created, or emptied if it exists.
        case rewrite
        /// Locks a file, which is created unless it exists.
        case lock
        /// Reads and writes a new file. Its name must not exist.
        case create

        fileprivate var flags: Int32 {
            let flags =
                switch self {
                case .read: O_RDONLY
                case .change: O_RDWR
                case .rewrite: O_WRONLY | O_CREAT | O_TRUNC
                case .lock: O_RDWR | O_CREAT
                case .create: O_RDWR | O_CREAT | O_EXCL
                }
            return flags | O_CLOEXEC
        }
    }

    /// Opens a file or folder.
    ///
    /// - Returns: The file; nil if `mode` does not create one and there is none, or if a folder on
    ///   the way to it is missing.
    static func open(
        _ path: String, _ mode: Mode, _ policy: FolderPolicy
    ) throws(Failure) -> OpenFile? {
        let descriptor = retrying { Self.systemOpen(path, mode.flags, policy.fileMode) }
        guard descriptor >= 0 else {
            guard errno == ENOENT else {
                throw Failure(errno: errno, "open", path, setBy: policy.variable)
            }
            return nil
        }
        return OpenFile(path: path, variable: policy.variable, descriptor: descriptor)
    }

    private init(path: String, variable: String, descriptor: Int32) {
        self.path = path
        self.variable = variable
        self.descriptor = descriptor
    }

    deinit { _ = close(descriptor) }

    /// The number of bytes in the file.
    package func byteCount() throws(Failure) -> Int {
        var status = stat()
        // The call does not keep the struct.
        guard unsafe fstat(descriptor, &status) == 0 else { throw failure("read") }
        return Int(status.st_size)
    }

    /// Reads bytes from an offset on.
    ///
    /// - Returns: `countMax` bytes, or fewer at the end of the file.
    package func read(from offset: Int, countMax: Int) throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: countMax)
        var count = 0
        while count < countMax {
            let step = unsafe bytes.withUnsafeMutableBytes { buffer in
                // The call gets the rest of the buffer and does not keep it.
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                return retrying {
                    unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(offset + count))
                }
            }
            guard step >= 0 else { throw failure("read") }
            guard step > 0 else { break }
            count += step
        }
        bytes.removeLast(countMax - count)
        return bytes
    }

    /// Writes all of `bytes` at an offset.
    package func write(_ bytes: [UInt8], at offset: Int) throws(Failure) {
        try writeAll(bytes, at: offset)
    }

    /// Writes all of `bytes` after those of earlier calls.
    package func append(_ bytes: [UInt8]) throws(Failure) {
        try writeAll(bytes, at: nil)
    }

    /// Appends a range of bytes of this file to another file.
    ///
    /// - Throws: `unavailable` if this file is shorter.
    package func copy(_ range: Range<Int>, to target: borrowing OpenFile) throws(Failure) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let chunk = try read(
                from: offset, countMax: min(Self.chunkByteCount, range.upperBound - offset))
            guard !chunk.isEmpty else {
                throw Failure(.unavailable, "\(path) became shorter while it was read")
            }
            try target.append(chunk)
            offset += chunk.count
        }
    }

    /// Reads the file to its end, in chunks of a mebibyte.
    package func forEachChunk(_ body: ([UInt8]) -> Void) throws(Failure) {
        var offset = 0
        while true {
            let chunk = try read(from: offset, countMax: Self.chunkByteCount)
            if chunk.isEmpty { return }
            body(chunk)
            offset += chunk.count
        }
    }

    private static let chunkByteCount = 1 << 20

    private func writeAll(_ bytes: [UInt8], at offset: Int?) throws(Failure) {
        var count = 0
        while count < bytes.count {
            let step = unsafe bytes.withUnsafeBytes { buffer in
                // The call gets the rest of the buffer and does not keep it.
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[count...])
                return retrying {
                    if let offset {
                        unsafe pwrite(
                            descriptor, rest.baseAddress, rest.count, off_t(offset + count))
                    } else {
                        unsafe Self.systemWrite(descriptor, rest.baseAddress, rest.count)
                    }
                }
            }
            guard step >= 0 else { throw failure("write") }
            count += step
        }
    }

    /// Waits until the file's content is on the disk; for a folder, until its names are.
    package func sync() throws(Failure) {
        guard retrying({ fsync(descriptor) }) == 0 else { throw failure("write") }
    }

    /// Locks the file, waiting while another process or task holds the lock.
    ///
    /// The lock belongs to this open file, not to the process: see `flock(2)`.
    func lock() throws(Failure) {
        guard retrying({ flock(descriptor, LOCK_EX) }) == 0 else { throw failure("lock") }
    }

    /// Releases the lock.
    func unlock() { _ = flock(descriptor, LOCK_UN) }

    private func failure(_ verb: String) -> Failure {
        Failure(errno: errno, verb, path, setBy: variable)
    }

    private static func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
        // The call does not keep the path.
        #if canImport(Glibc)
        unsafe Glibc.open(path, flags, mode)
        #else
        unsafe Darwin.open(path, flags, mode)
        #endif
    }

    private static func systemWrite(
        _ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int
    ) -> Int {
        // The call does not keep the bytes.
        #if canImport(Glibc)
        unsafe Glibc.write(descriptor, bytes, count)
        #else
        unsafe Darwin.write(descriptor, bytes, count)
        #endif
    }
}

/// Repeats a system call while a signal interrupts it.
private func retrying<Value: SignedInteger>(_ call: () -> Value) -> Value {
    while true {
        let value = call()
        if value != -1 || errno != EINTR { return value }
    }
}
