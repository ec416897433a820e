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
    /// Reads the key, or makes one.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - announce: Told in one sentence if a key was made.
    /// - Returns: The key, base64 of 256 bits.
    /// - Throws: `misconfigured` naming the file if it cannot be read or made.
    static func read(
        _ path: String, announce: (String) -> Void
    ) throws(Failure) -> String {
        if let text = try? String(contentsOfFile: path, encoding: .utf8) {
            let key = text.filter { !$0.isWhitespace }
            guard Data(base64Encoded: key)?.count == 32 else {
                throw Failure(
                    .misconfigured,
                    "\(path) does not contain a key. Restore the file, or set STATE_ENCRYPTION_KEYS."
                )
            }
            return key
        }
        guard !FileManager.default.fileExists(atPath: path) else {
            throw Failure(.misconfigured, "Cannot read \(path). Allow this user to read it.")
        }
        let key = make()
        guard write(key, to: path) else {
            throw Failure(
                .misconfigured,
                "Cannot write \(path). Set STATE_ENCRYPTION_KEYS, or STATE_STORE to a folder"
                    + " whose parent is writable.")
        }
        announce(
            "Generated a key in \(path) that seals tokens. Keep it: no other key opens them."
        )
        return key
    }

    /// Makes a key that nobody has.
    static func make() -> String { Data(SystemPorts.entropy.bytes(32)).base64EncodedString() }

    /// Makes the file, for the owner alone; one that another process has just made is not replaced.
    private static func write(_ key: String, to path: String) -> Bool {
        // The path is lent for the call.
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        defer { close(file) }
        let line = Array("\(key)\n".utf8)
        // The pointer is lent for the call and not kept.
        let count = unsafe line.withUnsafeBytes { bytes in
            unsafe platformWrite(file, bytes.baseAddress, bytes.count)
        }
        return count == line.count && fsync(file) == 0
    }
}

private func platformWrite(
    _ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int
) -> Int {
    unsafe write(descriptor, bytes, count)
}
