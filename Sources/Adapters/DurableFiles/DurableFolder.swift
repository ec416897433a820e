package import Domain
import Ports
import Toolbox

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

/// A folder whose files are changed so that a crash at any point leaves the old file or the new
/// one.
///
/// Writers hold the lock of ``locked(_:)``; readers do not need it. Names that begin with a dot are
/// reserved for the folder itself. The folder must be on a local disk: network file systems weaken
/// `flock(2)` and flushes.
package struct DurableFolder: Sendable {
    /// The folder's path.
    package let path: String
    private let policy: FolderPolicy
    private let steps: DiskSteps

    /// Opens a folder, which is created unless it exists.
    ///
    /// - Throws: `misconfigured` or `unavailable` if the folder cannot be written to.
    package init(
        _ path: String, _ policy: FolderPolicy, steps: @escaping DiskSteps = { _ in }
    ) throws(Failure) {
        self.path = path
        self.policy = policy
        self.steps = steps
        try makeFolders(path)
        // A folder without a lock cannot be written to. It is better to fail now.
        try locked { () throws(Failure) in }
    }

    /// Runs `body` while no other process or task is in such a call for the same folder.
    package func locked<Value>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        let file = try existing(OpenFile.open("\(path)/.lock", .lock, policy))
        try file.lock()
        defer { file.unlock() }
        return try body()
    }

    /// Opens a file of the folder.
    ///
    /// - Returns: The file; nil if there is none.
    package func open(_ name: String, _ mode: OpenFile.Mode) throws(Failure) -> OpenFile? {
        try OpenFile.open("\(path)/\(name)", mode, policy)
    }

    /// Creates a file without a name.
    ///
    /// The disk frees its space when it is closed.
    package func makeTemporaryFile() throws(Failure) -> OpenFile {
        // O_TMPFILE would be one step, but network file systems do not support it.
        let name = ".temporary-\(Hex.encode(UInt64.random(in: .min ... .max)))"
        let file = try existing(open(name, .create))
        discard(name)
        return file
    }

    /// Reads a file, or its beginning.
    ///
    /// - Returns: At most `countMax` bytes; nil if there is no such file.
    package func read(_ name: String, countMax: Int? = nil) throws(Failure) -> [UInt8]? {
        guard let file = try open(name, .read) else { return nil }
        let byteCount = try file.byteCount()
        return try file.read(from: 0, countMax: min(byteCount, countMax ?? byteCount))
    }

    /// Lists the names in a subfolder that do not begin with a dot, in no particular order.
    ///
    /// - Parameter name: The subfolder; empty for this folder.
    /// - Returns: The names; none if there is no such subfolder.
    /// - Throws: `misconfigured` if this user may not list it, `unreadableState` if it is not a
    ///   folder.
    package func names(in name: String) throws(Failure) -> [String] {
        let folder = "\(path)/\(name)"
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { !$0.hasPrefix(".") }
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            return []
        } catch let error as CocoaError where error.code == .fileReadNoPermission {
            throw failure(EACCES, "list", folder)
        } catch {
            throw Failure(.unreadableState, "\(folder) is not a folder. Move it away.")
        }
    }

    /// Replaces a file, or creates it: writes another one, flushes it and renames it.
    ///
    /// The caller holds the lock.
    ///
    /// - Parameters:
    ///   - draft: The name of the file while it is written. One name is enough, because a crash
    ///     leaves at most one such file, and the next call overwrites it.
    ///   - write: Writes the content to an empty file.
    package func replace(
        _ name: String, draft: String = ".new",
        _ write: (borrowing OpenFile) throws(Failure) -> Void
    ) throws(Failure) {
        let source = "\(path)/\(draft)"
        let target = "\(path)/\(name)"
        try steps(.write)
        let file = try existing(open(draft, .rewrite))
        try write(file)
        try steps(.sync)
        try file.sync()
        try steps(.rename)
        // The calls do not keep the paths.
        if unsafe rename(source, target) != 0 {
            guard errno == ENOENT else { throw failure(errno, "write", target) }
            try makeFolders(Self.parent(of: target))
            try steps(.rename)
            guard unsafe rename(source, target) == 0 else { throw failure(errno, "write", target) }
        }
        try sync(Self.parent(of: target))
    }

    /// Replaces a file with `bytes`, or creates it.
    package func replace(_ name: String, with bytes: [UInt8]) throws(Failure) {
        try replace(name) { file throws(Failure) in try file.write(bytes, at: 0) }
    }

    /// Removes a file.
    ///
    /// Succeeds if there is none.
    package func remove(_ name: String) throws(Failure) {
        let target = "\(path)/\(name)"
        try steps(.remove)
        // The call does not keep the path.
        guard unsafe unlink(target) == 0 || errno == ENOENT else {
            throw failure(errno, "remove", target)
        }
        try sync(Self.parent(of: target))
    }

    /// Removes a file that does no harm if it stays.
    package func discard(_ name: String) {
        // The call does not keep the path.
        unsafe _ = unlink("\(path)/\(name)")
    }

    /// Writes bytes to the end of a file.
    ///
    /// After a failure, the file may end with a part of them.
    ///
    /// - Parameters:
    ///   - byteCount: The number of bytes in the file.
    ///   - isDurable: Whether to wait until the bytes are on the disk.
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

    /// Creates a folder and its parents.
    ///
    /// The name of each is on the disk before the next is created.
    private func makeFolders(_ folder: String) throws(Failure) {
        if try makeFolder(folder) { return }
        try makeFolders(Self.parent(of: folder))
        guard try makeFolder(folder) else { throw failure(ENOENT, "create", folder) }
    }

    /// Creates one folder.
    ///
    /// Returns false if its parent does not exist.
    private func makeFolder(_ folder: String) throws(Failure) -> Bool {
        try steps(.makeFolder)
        // The call does not keep the path.
        guard unsafe mkdir(folder, policy.folderMode) != 0 else {
            try sync(Self.parent(of: folder))
            return true
        }
        switch errno {
        case EEXIST: return true
        case ENOENT: return false
        default: throw failure(errno, "create", folder)
        }
    }

    private func sync(_ folder: String) throws(Failure) {
        try steps(.sync)
        try OpenFile.open(folder, .read, policy)?.sync()
    }

    private func existing(_ file: consuming OpenFile?) throws(Failure) -> OpenFile {
        guard let file else {
            throw Failure(
                .unavailable, "\(path) was removed. Restart this program to create it again.")
        }
        return file
    }

    private func failure(_ number: Int32, _ verb: String, _ path: String) -> Failure {
        Failure(errno: number, verb, path, setBy: policy.variable)
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// Is called before each step.
///
/// A test throws here to simulate a crash.
package typealias DiskSteps = @Sendable (DiskStep) throws(Failure) -> Void
