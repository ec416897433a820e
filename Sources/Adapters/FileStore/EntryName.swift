import Domain

/// How keys are spelled as paths, so that any two keys are two paths on any file system, and a
/// person still finds the way: `manifest/1001-copilot/555/2026-11-21.entry`.
///
/// - Each part of a key is a folder and the last is a file, with an extension that no folder has;
///   so `a` and `a/b` do not meet.
/// - Every byte but lower-case letters, digits, `-` and `_` is `%` and two digits: file systems
///   that do not tell `A` from `a` do no harm, and there are no names with a dot in front.
/// - An empty part is a lone `%`. A part too long for a name goes on in a folder ending in `+`.
enum EntryName {
    /// What one name in a path adds to a key.
    struct Step {
        /// The text it adds; of a folder that is a whole part, with the slash.
        let text: String
        /// Whether the key ends with it.
        let isEntry: Bool
    }

    private static let `extension` = ".entry"
    // File systems stop at 255 bytes; an escape and the extension still fit.
    private static let nameByteCountMax = 200

    /// The path of a key's file below the store's folder.
    static func path(of key: StoreKey) -> String {
        folder(ofParts: key.description[...]) + Self.extension
    }

    /// The path of the folder that holds the keys that go on after whole parts and a slash.
    static func folder(ofParts text: Substring) -> String {
        text.split(separator: "/", omittingEmptySubsequences: false)
            .map { spell($0.utf8) }.joined(separator: "/")
    }

    /// The folder that a path stands in; empty for the store's own.
    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    /// Reads one name; nil if it is none of ours.
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
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            String(UnicodeScalar(byte))
        default:
            // A key's bytes are printable, so there are always two digits.
            "%" + String(byte, radix: 16)
        }
    }

    private static func unescape(_ name: Substring) -> String? {
        guard name != "%" else { return "" }
        var bytes: [UInt8] = []
        var rest = name.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
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
