import Deployment
import Domain
import Host
import Ports

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

/// The key that seals tokens where nobody set one: made on first use and kept beside the state.
///
/// It is kept outside the state folder, so that a copy of that folder is of no use to others.
enum StateKeyFile {
    /// Reads the key.
    ///
    /// - Parameter path: The file.
    /// - Returns: The key, base64 of 256 bits; nil if there is no file.
    /// - Throws: `misconfigured`, naming the file, if it cannot be read.
    static func read(_ path: String) throws(Failure) -> String? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            guard !FileManager.default.fileExists(atPath: path) else {
                throw Failure(.misconfigured, "Cannot read \(path). Allow this user to read it.")
            }
            return nil
        }
        let key = text.filter { !$0.isWhitespace }
        guard Data(base64Encoded: key)?.count == 32 else {
            throw Failure(
                .misconfigured,
                "\(path) does not contain a key. Restore the file, or set STATE_ENCRYPTION_KEYS.")
        }
        return key
    }

    /// Makes the file, unless another process has just made it.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - announce: Told in one sentence if a key was made.
    /// - Returns: The key in the file.
    /// - Throws: `misconfigured`, naming the file, if it cannot be made.
    static func create(_ path: String, announce: (String) -> Void) throws(Failure) -> String {
        let key = make()
        if write(key, to: path) {
            announce(
                "Generated a key in \(path) that seals tokens. Keep it: no other key opens them.")
            return key
        }
        if let theirs = try read(path) { return theirs }
        throw Failure(
            .misconfigured,
            "Cannot write \(path). Set STATE_ENCRYPTION_KEYS, or STATE_STORE to a folder"
                + " whose parent is writable.")
    }

    /// Makes a key that nobody has.
    static func make() -> String { Data(SystemPorts.entropy.bytes(32)).base64EncodedString() }

    /// Writes the file, for the owner alone.
    ///
    /// It gets its name when it is whole and on the disk, so no process reads a part of it and no power
    /// cut leaves a part; and only if the name is free, so one that was made meanwhile is not replaced.
    private static func write(_ key: String, to path: String) -> Bool {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let draft = "\(path).\(getpid()).new"
        // A process of the same number may have left it. The paths are lent for the calls.
        _ = unsafe unlink(draft)
        let file = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        defer {
            close(file)
            _ = unsafe unlink(draft)
        }
        let line = Array("\(key)\n".utf8)
        // The pointer is lent for the call and not kept.
        let count = unsafe line.withUnsafeBytes { bytes in
            unsafe platformWrite(file, bytes.baseAddress, bytes.count)
        }
        guard count == line.count, fsync(file) == 0, unsafe link(draft, path) == 0 else {
            return false
        }
        // The name is on the disk before anything is sealed with the key.
        let parent = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { return false }
        defer { close(parent) }
        return fsync(parent) == 0
    }
}

private func platformWrite(
    _ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int
) -> Int {
    unsafe write(descriptor, bytes, count)
}
