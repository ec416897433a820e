public import Domain
import Ports
import Synchronization
import Toolbox
public import Worker

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What happened, one JSON object a line, oldest first; a file that is appended to, and its predecessor.
///
/// It is for people: no decision is made from it, so it is not forced to the disk, and a line that
/// a crash cut short is passed over. Several processes may append to one file. A file that is full
/// takes the place of its predecessor, `FILE.1`, which bounds the space that both take.
public final class Journal: Sendable {
    /// The most that is read back, from the end.
    public static let tailByteCountMax = 8 << 20

    private let path: String
    private let byteCountMax: Int
    private let file: Mutex<JournalHandle>

    /// Opens a journal, and makes it if there is none.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - byteCountMax: The size at which a file is full.
    /// - Throws: `misconfigured`, naming the file, if it cannot be written.
    public init(path: String, byteCountMax: Int = tailByteCountMax) throws(Failure) {
        self.path = path
        self.byteCountMax = byteCountMax
        guard let handle = JournalHandle(appendingTo: path) else {
            let why = unsafe String(cString: strerror(errno))  // Copied at once.
            throw Failure(.misconfigured, "the journal \(path) cannot be written: \(why)")
        }
        file = Mutex(handle)
    }

    /// Reads the newest entries of a journal without creating it.
    ///
    /// - Returns: The entries, oldest first; lines that are not entries are left out. None if there is
    ///   no journal.
    public static func entries(at path: String, last countMax: Int) -> [JournalEntry] {
        let newest = JournalHandle(reading: path)?.tail(tailByteCountMax) ?? []
        var lines = newest.split(separator: newline)
        if lines.count < countMax, newest.count < tailByteCountMax {
            let rest = tailByteCountMax - newest.count
            let older = JournalHandle(reading: predecessor(of: path))?.tail(rest) ?? []
            lines = older.split(separator: newline) + lines
        }
        let decoder = JSONDecoder()
        return lines.suffix(countMax).compactMap {
            try? decoder.decode(JournalEntry.self, from: Data($0))
        }
    }

    /// Reads the newest entries; see ``entries(at:last:)``.
    public func entries(last countMax: Int) -> [JournalEntry] {
        Self.entries(at: path, last: countMax)
    }

    /// Appends an entry as one line, in one write, so that lines of two writers do not mix.
    ///
    /// - Throws: `unavailable` if it was not written whole.
    public func append(_ entry: JournalEntry) throws(Failure) {
        let line = JSON.encode(entry) + [Self.newline]
        let isWritten = file.withLock { file in
            // Another process may have begun a new file.
            if !file.isNamed(path) { file = JournalHandle(appendingTo: path) ?? file }
            if file.byteCount > 0, file.byteCount + line.count > byteCountMax { rotate(&file) }
            return file.append(line)
        }
        guard isWritten else {
            throw Failure(.unavailable, "the journal \(path) took only a part of a line")
        }
    }

    /// Begins a new file, unless another process has done so.
    private func rotate(_ file: inout JournalHandle) {
        file.whileLocked {
            // The calls do not keep the paths. If it fails, the old file goes on.
            if file.isNamed(path) { _ = unsafe rename(path, Self.predecessor(of: path)) }
        }
        file = JournalHandle(appendingTo: path) ?? file
    }

    private static let newline = UInt8(ascii: "\n")

    private static func predecessor(of path: String) -> String { path + ".1" }
}

/// An open file of a journal.
private final class JournalHandle: Sendable {
    private let descriptor: Int32

    init?(appendingTo path: String) {
        // For the owner alone: it names organizations and people. The path is lent for the call.
        descriptor = unsafe open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
    }

    init?(reading path: String) {
        // The path is lent for the call.
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
    }

    deinit { if descriptor >= 0 { _ = close(descriptor) } }

    var byteCount: Int { Int(max(0, lseek(descriptor, 0, SEEK_END))) }

    /// Whether a name still leads to this file.
    func isNamed(_ path: String) -> Bool {
        var (own, named) = (stat(), stat())
        // Both are written by the calls, which keep nothing.
        guard unsafe fstat(descriptor, &own) == 0, unsafe stat(path, &named) == 0 else {
            return false
        }
        return own.st_ino == named.st_ino && own.st_dev == named.st_dev
    }

    /// Runs `body` while no other process is in such a call for the same file.
    func whileLocked(_ body: () -> Void) {
        guard flock(descriptor, LOCK_EX) == 0 else { return }
        defer { _ = flock(descriptor, LOCK_UN) }
        body()
    }

    /// Appends a line.
    ///
    /// - Returns: Whether it was written whole.
    func append(_ line: [UInt8]) -> Bool {
        var line = line
        // After a line that was cut short, begin a new one: only the torn line is lost.
        let end = byteCount
        if end > 0, read(1, at: end - 1) != [UInt8(ascii: "\n")] {
            line.insert(UInt8(ascii: "\n"), at: 0)
        }
        let count = unsafe line.withUnsafeBytes { bytes in
            // The pointer is lent for the call and not kept.
            unsafe write(descriptor, bytes.baseAddress, bytes.count)
        }
        return count == line.count
    }

    /// Reads whole lines from the end.
    func tail(_ byteCountMax: Int) -> [UInt8] {
        let end = byteCount
        let start = max(0, end - byteCountMax)
        let bytes = read(end - start, at: start)
        guard start > 0 else { return bytes }
        // The beginning of the first line is missing.
        return Array(bytes.drop { $0 != UInt8(ascii: "\n") })
    }

    private func read(_ count: Int, at offset: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: max(count, 0)) { buffer, filled in
            // `pread` writes at most `count` bytes into the buffer and says how many.
            filled = unsafe max(0, pread(descriptor, buffer.baseAddress, count, off_t(offset)))
        }
    }
}
