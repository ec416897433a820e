import Domain
import Glibc
import Ports

/// A file that is open, and is closed when the value goes.
///
/// What is unsafe here lends a path or a buffer to a system call, which does not keep it.
struct OpenFile: ~Copyable {
    /// Where it is, for messages; a file without a name has its folder's.
    let path: String
    private let descriptor: CInt

    deinit { close(descriptor) }

    private init(_ path: String, _ flags: CInt) throws(Failure) {
        let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure("open", path) }
        self.path = path
        self.descriptor = descriptor
    }

    /// Opens a file to read it; nil if there is none.
    init?(reading path: String) throws(Failure) {
        guard unsafe access(path, F_OK) == 0 else { return nil }
        try self.init(path, O_RDONLY)
    }

    /// Makes a file to write it, in place of one that is there.
    init(replacing path: String) throws(Failure) {
        try self.init(path, O_WRONLY | O_CREAT | O_TRUNC)
    }

    /// Makes a file without a name, to write and read; the disk forgets it with this value.
    init(unnamedIn folder: String) throws(Failure) {
        // O_TMPFILE would do both in one step, but network file systems do not have it.
        let path = "\(folder)/.spool-\(UInt64.random(in: 0 ... .max))"
        try self.init(path, O_RDWR | O_CREAT | O_EXCL)
        Self.remove(path)
    }
}

extension OpenFile {
    /// Makes a file if need be, and waits until no other process or writer has it locked.
    static func locked(_ path: String) throws(Failure) -> OpenFile {
        let file = try OpenFile(path, O_RDWR | O_CREAT)
        while flock(file.descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw failure("lock", path) }
        }
        return file
    }

    /// Makes a file if need be and locks it; nil if somebody else has it locked.
    static func lockedIfFree(_ path: String) throws(Failure) -> OpenFile? {
        let file = try OpenFile(path, O_RDWR | O_CREAT)
        guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
        return file
    }
}

extension OpenFile {
    /// Writes all of `bytes` at the end of what was written.
    func append(_ bytes: [UInt8]) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("write to", path) }
            rest.removeFirst(count)
        }
    }

    /// Copies a part of this file, all of which must be there, to the end of another.
    func copy(_ range: Range<Int>, to target: borrowing OpenFile) throws(Failure) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let chunk = try read(at: offset, upTo: range.upperBound - offset)
            guard !chunk.isEmpty else {
                throw Failure(.unavailable, "\(path) became shorter while it was read")
            }
            try target.append(chunk)
            offset += chunk.count
        }
    }

    /// Lends the file byte by byte.
    func forEachByte(_ body: (UInt8) -> Void) throws(Failure) {
        var offset = 0
        while true {
            let chunk = try read(at: offset, upTo: .max)
            if chunk.isEmpty { return }
            for byte in chunk { body(byte) }
            offset += chunk.count
        }
    }

    /// Reads some bytes, at most a mebibyte; none at the end of the file.
    private func read(at offset: Int, upTo limit: Int) throws(Failure) -> [UInt8] {
        while true {
            var hasFailed = false
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: min(limit, 1 << 20)) {
                buffer, count in
                // pread says how much of the buffer it filled, from its start.
                let result = unsafe pread(descriptor, buffer.baseAddress, buffer.count, offset)
                hasFailed = result < 0
                count = max(0, result)
            }
            if !hasFailed { return chunk }
            guard errno == EINTR else { throw Self.failure("read", path) }
        }
    }

    /// Returns once the disk has all of it.
    func synchronize() throws(Failure) {
        guard fsync(descriptor) == 0 else { throw Self.failure("flush", path) }
    }
}

extension OpenFile {
    /// Makes a folder whose parent is there.
    static func makeFolder(_ path: String) throws(Failure) {
        guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else { throw failure("make", path) }
    }

    /// Removes a file; an absent one is no error.
    static func remove(_ path: String) { unsafe _ = unlink(path) }

    /// Gives a file another name in one step, in place of a file that has it.
    ///
    /// - Parameters:
    ///   - path: The file's path; the disk must have all of the file.
    ///   - newPath: The path to give it.
    ///   - folder: The folder of both, flushed so that the new name outlives a power cut.
    /// - Throws: `misconfigured` or `unavailable`.
    static func rename(_ path: String, to newPath: String, in folder: String) throws(Failure) {
        guard unsafe Glibc.rename(path, newPath) == 0 else { throw failure("replace", newPath) }
        try OpenFile(folder, O_RDONLY | O_DIRECTORY).synchronize()
    }

    /// Why a call failed, from `errno`.
    private static func failure(_ action: String, _ path: String) -> Failure {
        let number = errno
        let why = unsafe String(cString: strerror(number))
        switch number {
        case EACCES, EPERM, EROFS, ENOTDIR, ENOENT, EISDIR, ENAMETOOLONG:
            return Failure(
                .misconfigured,
                "cannot \(action) \(path): \(why); let this user write there, or name another "
                    + "folder in METRICS_SINK")
        default:
            return Failure(.unavailable, "cannot \(action) \(path): \(why)")
        }
    }
}
