import Domain
import DurableFiles
import Ports
import Toolbox

/// The file of one entry: a line about the entry, then its value.
///
/// The line is `copilot-usage-entry-1 CHECKSUM VERSION EXPIRY KEY`. The checksum covers everything
/// after it. The expiry is in milliseconds since 1970, or `-` for none. The key is part of the line
/// so that a file that a person moved is not read as another entry.
struct EntryFile {
    let head: Head
    let value: [UInt8]

    /// The line about an entry.
    struct Head {
        /// The longest line: the words, the longest key, and the spaces.
        static let byteCountMax = 128 + StoreKey.byteCountMax

        let key: StoreKey
        let version: StoreVersion
        let expiry: Timestamp?

        func isLive(at now: Timestamp) -> Bool { expiry.map { now < $0 } ?? true }
    }

    /// The format of the file.
    static let format = FileFormat("copilot-usage-entry", version: 1)

    var bytes: [UInt8] {
        let checked = Array("\(head.text)\n".utf8) + value
        return Array("\(Self.format.word) \(checksum(checked)) ".utf8) + checked
    }
}

extension EntryFile {
    /// Reads a file.
    ///
    /// Returns nil if it is damaged or is not the file of an entry.
    init?(_ bytes: [UInt8]) {
        guard let head = Head(beginningOf: bytes), let end = bytes.firstIndex(of: Head.lineBreak)
        else { return nil }
        // The line was read, so the words before the checksum are there.
        let rest = bytes.dropFirst(Self.format.word.utf8.count + 1)
        guard checksum(Array(rest.dropFirst(17))).utf8.elementsEqual(rest.prefix(16)) else {
            return nil
        }
        self.init(head: head, value: Array(bytes[(end + 1)...]))
    }
}

extension EntryFile.Head {
    fileprivate static let lineBreak = UInt8(ascii: "\n")

    fileprivate var text: String {
        "\(Hex.encode(version.rawValue)) \(expiry.map { String($0.milliseconds) } ?? "-") \(key)"
    }

    /// Reads the line.
    ///
    /// The checksum is not verified, because the value may be missing.
    init?(beginningOf bytes: [UInt8]) {
        guard let end = bytes.firstIndex(of: Self.lineBreak) else { return nil }
        let words = String(decoding: bytes[..<end], as: UTF8.self)
            .split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 5, words[0] == EntryFile.format.word, words[1].utf8.count == 16,
            let version = UInt64(words[2], radix: 16), let key = StoreKey(String(words[4]))
        else { return nil }
        let milliseconds = Int64(words[3])
        guard milliseconds != nil || words[3] == "-" else { return nil }
        self.init(
            key: key, version: StoreVersion(version),
            expiry: milliseconds.map(Timestamp.init(milliseconds:)))
    }
}

extension DurableFolder {
    /// Whether an entry exists and has not expired.
    ///
    /// A damaged entry counts as existing.
    func hasEntry(_ path: String, at now: Timestamp) throws(Failure) -> Bool {
        guard let beginning = try read(path, countMax: EntryFile.Head.byteCountMax) else {
            return false
        }
        guard let head = EntryFile.Head(beginningOf: beginning), !head.isLive(at: now) else {
            return true
        }
        // An entry is only treated as expired if its checksum is right.
        return try read(path).map { EntryFile($0) == nil } ?? false
    }
}
