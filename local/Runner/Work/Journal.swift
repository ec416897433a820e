public import Domain
import Ports
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

/// What happened, one JSON object a line, oldest first; a file that is only ever appended to.
///
/// It is for people: no decision is made from it, so it is not forced to the disk, and a line that
/// a crash cut short is passed over. Several processes may append to one file.
public final class Journal: Sendable {
    /// The most that is read back, from the end of the file.
    public static let tailByteCountMax = 8 << 20

    private let path: String
    private let descriptor: Int32

    /// Opens a journal, and makes it if there is none.
    ///
    /// - Parameter path: The file.
    /// - Throws: `misconfigured`, naming the file, if it cannot be written.
    public init(path: String) throws(Failure) {
        self.path = path
        // For the owner alone: it names organizations and people. The path is lent for the call.
        descriptor = unsafe open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let why = unsafe String(cString: strerror(errno))  // Copied at once.
            throw Failure(.misconfigured, "the journal \(path) cannot be written: \(why)")
        }
    }

    private init?(reading path: String) {
        self.path = path
        // The path is lent for the call.
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
    }

    deinit { _ = close(descriptor) }

    /// Reads the newest entries of a journal without creating it.
    ///
    /// - Returns: The entries, oldest first; none if there is no journal.
    public static func entries(at path: String, last countMax: Int) -> [JournalEntry] {
        Journal(reading: path)?.entries(last: countMax) ?? []
    }

    /// Appends an entry as one line, in one write, so that lines of two writers do not mix.
    ///
    /// - Throws: `unavailable` if it was not written whole.
    public func append(_ entry: JournalEntry) throws(Failure) {
        var line = JSON.encode(entry) + [UInt8(ascii: "\n")]
        // After a line that was cut short, begin a new one: only the torn line is lost.
        let end = lseek(descriptor, 0, SEEK_END)
        if end > 0, read(1, at: end - 1) != [UInt8(ascii: "\n")] {
            line.insert(UInt8(ascii: "\n"), at: 0)
        }
        let count = unsafe line.withUnsafeBytes { bytes in
            // The pointer is lent for the call and not kept.
            unsafe write(descriptor, bytes.baseAddress, bytes.count)
        }
        guard count == line.count else {
            throw Failure(.unavailable, "the journal \(path) took only a part of a line")
        }
    }

    /// Reads the newest entries.
    ///
    /// - Parameter countMax: The most to return.
    /// - Returns: The entries, oldest first; lines that are not entries are left out.
    public func entries(last countMax: Int) -> [JournalEntry] {
        let end = lseek(descriptor, 0, SEEK_END)
        let start = max(0, end - off_t(Self.tailByteCountMax))
        var lines = read(Int(end - start), at: start).split(separator: UInt8(ascii: "\n"))[...]
        if start > 0 { lines = lines.dropFirst() }  // Its beginning is missing.
        let decoder = JSONDecoder()
        return lines.suffix(countMax).compactMap {
            try? decoder.decode(JournalEntry.self, from: Data($0))
        }
    }

    private func read(_ count: Int, at offset: off_t) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: max(count, 0)) { buffer, filled in
            // `pread` writes at most `count` bytes into the buffer and says how many.
            filled = unsafe max(0, pread(descriptor, buffer.baseAddress, count, offset))
        }
    }
}
