package import Domain
import Ports

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A folder whose files are changed so that a crash at any point leaves the old or the new.
///
/// Whoever changes something does it in ``locked(_:)``; a reader need not. Files are for the owner
/// alone (0600, folders 0700). Names beginning with a dot are kept for the folder's own use. It
/// belongs on a disk of this machine: over a network `flock(2)` and flushes mean less.
package struct DurableFolder: Sendable {
    /// Where the folder is.
    package let path: String
    private let steps: DiskSteps

    /// Opens a folder, and makes it if need be.
    ///
    /// - Throws: `misconfigured` or `unavailable`, naming the folder and what to do, if nothing can
    ///   be written there.
    package init(_ path: String, steps: @escaping DiskSteps = { _ in }) throws(Failure) {
        self.path = path
        self.steps = steps
        try makeFolders(path)
        // Whoever cannot take the lock cannot write either, and should hear of it now.
        try locked { () throws(Failure) in }
    }

    /// Runs `body` while nobody else, in any process, is in here for the same folder.
    package func locked<Result>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let file = try OpenFile.open("\(path)/.lock", .lock) else {
            throw Failure(.unavailable, "\(path) is gone; restart to make it anew")
        }
        try file.lock()
        defer { file.unlock() }
        return try body()
    }

    /// Opens a file, for reading or changing what is there.
    ///
    /// - Returns: The file, or nil if there is none.
    package func open(_ name: String, _ mode: OpenFile.Mode) throws(Failure) -> OpenFile? {
        try OpenFile.open("\(path)/\(name)", mode)
    }

    /// Reads the beginning of a file, or all of it.
    ///
    /// - Returns: At most `countMax` bytes, or nil if there is no such file.
    package func read(_ name: String, countMax: Int? = nil) throws(Failure) -> [UInt8]? {
        guard let file = try open(name, .read) else { return nil }
        let byteCount = try file.byteCount()
        return try file.read(from: 0, countMax: min(byteCount, countMax ?? byteCount))
    }

    /// Lists a folder in here, in no order and without the names that begin with a dot.
    ///
    /// - Parameter name: The folder; empty for this one.
    /// - Returns: The names; none if there is no such folder.
    /// - Throws: `misconfigured` if this user may not look into it, `unreadableState` if it is no
    ///   folder.
    package func names(in name: String) throws(Failure) -> [String] {
        let folder = "\(path)/\(name)"
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { !$0.hasPrefix(".") }
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            return []
        } catch let error as CocoaError where error.code == .fileReadNoPermission {
            throw Failure(errno: EACCES, "list", folder)
        } catch {
            throw Failure(.unreadableState, "\(folder) should be a folder; move it away")
        }
    }

    /// Puts a file in place of another, or of none: written beside, flushed, renamed, flushed.
    package func replace(_ name: String, with bytes: [UInt8]) throws(Failure) {
        // One name is enough, because it is written under the lock. What a crash leaves in it is
        // written over by the next.
        let beside = "\(path)/.new"
        let target = "\(path)/\(name)"
        try steps(.write)
        guard let file = try OpenFile.open(beside, .rewrite) else {
            throw Failure(.unavailable, "\(path) is gone; restart to make it anew")
        }
        try file.write(bytes, at: 0)
        try steps(.sync)
        try file.sync()
        try steps(.rename)
        // Both paths are lent for the call.
        if unsafe rename(beside, target) != 0 {
            guard errno == ENOENT else { throw Failure(errno: errno, "write", target) }
            try makeFolders(Self.parent(of: target))
            try steps(.rename)
            guard unsafe rename(beside, target) == 0 else {
                throw Failure(errno: errno, "write", target)
            }
        }
        try sync(Self.parent(of: target))
    }

    /// Removes a file; one that is not there is no error.
    package func remove(_ name: String) throws(Failure) {
        let target = "\(path)/\(name)"
        try steps(.remove)
        // The path is lent for the call.
        guard unsafe unlink(target) == 0 || errno == ENOENT else {
            throw Failure(errno: errno, "remove", target)
        }
        try sync(Self.parent(of: target))
    }

    /// Writes at the end of a file that holds `byteCount` bytes.
    ///
    /// - Parameters:
    ///   - bytes: What to write.
    ///   - file: The file, opened for change; a failure may leave a part of `bytes` in it.
    ///   - byteCount: Where to write.
    ///   - isDurable: Whether to wait until it is on the disk.
    /// - Throws: `unavailable` if the disk is full or broken.
    package func append(
        _ bytes: [UInt8], to file: borrowing OpenFile, at byteCount: Int, isDurable: Bool
    ) throws(Failure) {
        try steps(.write)
        try file.write(bytes, at: byteCount)
        guard isDurable else { return }
        try steps(.sync)
        try file.sync()
    }

    // Makes a folder and those above it, each known to the one above before the next is made.
    private func makeFolders(_ folder: String) throws(Failure) {
        if try makeFolder(folder) { return }
        try makeFolders(Self.parent(of: folder))
        guard try makeFolder(folder) else { throw Failure(errno: ENOENT, "make", folder) }
    }

    // Makes one folder; false if there is none above it.
    private func makeFolder(_ folder: String) throws(Failure) -> Bool {
        try steps(.makeFolder)
        // The path is lent for the call.
        guard unsafe mkdir(folder, 0o700) != 0 else {
            try sync(Self.parent(of: folder))
            return true
        }
        switch errno {
        case EEXIST: return true
        case ENOENT: return false
        default: throw Failure(errno: errno, "make", folder)
        }
    }

    private func sync(_ folder: String) throws(Failure) {
        try steps(.sync)
        try OpenFile.open(folder, .read)?.sync()
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// Is told of each step before it is made; tests stop there, as a crash would.
package typealias DiskSteps = @Sendable (DiskStep) throws(Failure) -> Void
