import Domain
import DurableFiles
import Ports

/// The file of one entry: a line for people and machines, then the value as it was put.
///
/// The line is `copilot-usage-entry-1 CHECKSUM VERSION EXPIRY KEY`. The checksum is of everything
/// that follows it; the expiry is in milliseconds since 1970, `-` for none. The key is there
/// because a file may be moved by hand, and must not then pass for another entry.
struct EntryFile {
    let head: Head
    let value: [UInt8]

    /// What is known of an entry without its value.
    struct Head {
        /// No line is longer: the words, the longest key and the spaces between them.
        static let byteCountMax = 128 + StoreKey.byteCountMax

        let key: StoreKey
        let version: StoreVersion
        let expiry: Timestamp?

        func isLive(at now: Timestamp) -> Bool { expiry.map { now < $0 } ?? true }
    }

    private static let format = "copilot-usage-entry-1"

    var bytes: [UInt8] {
        let checked = Array("\(head.text)\n".utf8) + value
        return Array("\(Self.format) \(checksum(checked)) ".utf8) + checked
    }
}

extension EntryFile {
    /// Reads a file; nil if it is damaged or none of ours.
    init?(_ bytes: [UInt8]) {
        guard let head = Head(beginningOf: bytes), let end = bytes.firstIndex(of: Head.lineBreak)
        else { return nil }
        // The head was read, so it is as long as its words are.
        let rest = bytes.dropFirst(Self.format.utf8.count + 1)
        guard checksum(Array(rest.dropFirst(17))).utf8.elementsEqual(rest.prefix(16)) else {
            return nil
        }
        self.init(head: head, value: Array(bytes[(end + 1)...]))
    }
}

extension EntryFile.Head {
    fileprivate static let lineBreak = UInt8(ascii: "\n")

    fileprivate var text: String {
        "\(hexadecimal(version.rawValue)) \(expiry.map { String($0.milliseconds) } ?? "-") \(key)"
    }

    /// Reads the line; the checksum is not held against it, since the value may not be there.
    init?(beginningOf bytes: [UInt8]) {
        guard let end = bytes.firstIndex(of: Self.lineBreak) else { return nil }
        let words = String(decoding: bytes[..<end], as: UTF8.self)
            .split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 5, words[0] == EntryFile.format, words[1].utf8.count == 16,
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
    /// Whether an entry's file is there and has not expired; a damaged one counts as there.
    func hasEntry(_ path: String, at now: Timestamp) throws(Failure) -> Bool {
        guard let beginning = try read(path, countMax: EntryFile.Head.byteCountMax) else {
            return false
        }
        guard let head = EntryFile.Head(beginningOf: beginning), !head.isLive(at: now) else {
            return true
        }
        // Before an entry is passed over, its checksum must say that it did expire.
        return try read(path).map { EntryFile($0) == nil } ?? false
    }
}
