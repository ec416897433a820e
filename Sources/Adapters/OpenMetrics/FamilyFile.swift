import Domain
import Ports

/// The version of a day's file that is about to be replaced, and where each family lies in it.
struct FamilyFile: ~Copyable {
    private let file: OpenFile?
    private let index: FamilyIndex

    /// Reads through the file once, chunk by chunk, and keeps the places alone.
    ///
    /// - Parameter path: The file's path; an absent file has no families.
    /// - Throws: `unreadableState` if it is not whole, which this system never leaves behind.
    init(_ path: String) throws(Failure) {
        var index = FamilyIndex()
        let file = try OpenFile(reading: path)
        let isAbsent = file == nil
        try file?.forEachByte { index.note($0) }
        guard isAbsent || index.isWhole else {
            throw Failure(
                .unreadableState,
                "\(path) does not end in \"# EOF\"; move it away to have the day written anew")
        }
        self.file = file
        self.index = index
    }

    /// The families in the order of the file.
    var names: [String] { index.families.map(\.name) }

    /// Copies a family, its heading included, to the end of `target`; an absent one is nothing.
    func copyFamily(_ name: String, to target: borrowing OpenFile) throws(Failure) {
        for family in index.families where family.name == name {
            try file?.copy(family.range, to: target)
        }
    }
}

/// Where each family begins and ends: from its `# HELP` line to the next family's.
struct FamilyIndex {
    private(set) var families: [(name: String, range: Range<Int>)] = []
    /// Whether the last line was `# EOF`.
    private(set) var isWhole = false

    private var offset = 0
    private var isLineStart = true
    private var comment: (text: [UInt8], at: Int)?
    private var open: (name: String, at: Int)?

    /// Takes the file's next byte.
    mutating func note(_ byte: UInt8) {
        if isLineStart {
            isWhole = false
            // A value has its line breaks escaped, so `#` after one can only begin a comment.
            if byte == UInt8(ascii: "#") { comment = ([], offset) }
        }
        comment?.text.append(byte)
        offset += 1
        isLineStart = byte == UInt8(ascii: "\n")
        if isLineStart, let line = comment {
            note(line.text, at: line.at)
            comment = nil
        }
    }

    private mutating func note(_ line: [UInt8], at start: Int) {
        let isHelp = line.starts(with: Exposition.help)
        isWhole = line == Exposition.end
        guard isHelp || isWhole else { return }
        if let open { families.append((open.name, open.at..<start)) }
        let name = line.dropFirst(Exposition.help.count).prefix { $0 != UInt8(ascii: " ") }
        open = isHelp ? (String(decoding: name, as: UTF8.self), start) : nil
    }
}
