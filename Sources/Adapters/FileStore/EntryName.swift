import Domain

/// The encoding of keys as readable paths, such as `manifest/1001-copilot/555/2026-11-21.entry`.
///
/// Different keys have different paths on every file system:
///
/// - Each part of a key is a folder, and the last part is a file. Only files have an extension, so
///   `a` and `a/b` do not collide.
/// - Every byte except lower-case letters, digits, `-` and `_` is encoded as `%` and two digits. So
///   file systems that ignore case do no harm, and no name begins with a dot.
/// - An empty part is encoded as `%`. A part that is too long for a name is split: a folder whose
///   name ends with `+` holds the rest.
enum EntryName {
    /// The part of a key that one name in a path stands for.
    struct Step {
        /// The text.
        ///
        /// For a folder that is a whole part of the key, it includes the slash.
        let text: String
        /// Whether the key ends with this text.
        let isEntry: Bool
    }

    private static let `extension` = ".entry"
    // File systems allow 255 bytes. An escape and the extension still fit.
    private static let nameByteCountMax = 200

    /// The path of a key's file, relative to the store's folder.
    static func path(of key: StoreKey) -> String {
        folder(ofParts: key.description[...]) + Self.extension
    }

    /// The path of the folder for keys that begin with whole parts and a slash.
    static func folder(ofParts text: Substring) -> String {
        text.split(separator: "/", omittingEmptySubsequences: false)
            .map { spell($0.utf8) }.joined(separator: "/")
    }

    /// The folder of a path; empty for the store's own folder.
    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    /// Decodes a name.
    ///
    /// Returns nil if the store does not create such names.
    static func step(_ name: String) -> Step? {
        if name.hasSuffix(Self.extension) {
            return unescape(name.dropLast(Self.extension.utf8.count)).map {
                Step(text: $0, isEntry: true)
            }
        }
        let isBeginning = name.hasSuffix("+")
        return unescape(name.dropLast(isBeginning ? 1 : 0)).map {
            Step(text: isBeginning ? $0 : $0 + "/", isEntry: false)
        }
    }

    private static func spell(_ part: Substring.UTF8View) -> String {
        var (spelled, name) = ("", "")
        for byte in part {
            name += escape(byte)
            if name.utf8.count >= nameByteCountMax {
                spelled += name + "+/"
                name = ""
            }
        }
        return spelled + (name.isEmpty ? "%" : name)
    }

    private static func escape(_ byte: UInt8) -> String {
        // The bytes of a key are printable, so there are always two digits.
        isPlain(byte) ? String(UnicodeScalar(byte)) : "%" + String(byte, radix: 16)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func unescape(_ name: Substring) -> String? {
        guard name != "%" else { return "" }
        var bytes: [UInt8] = []
        var rest = name.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                guard isPlain(byte) else { return nil }
                bytes.append(byte)
                continue
            }
            guard let digits = String(rest.prefix(2)), let byte = UInt8(digits, radix: 16) else {
                return nil
            }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
