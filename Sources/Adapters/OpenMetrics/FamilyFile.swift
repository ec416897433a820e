import Domain
import DurableFiles
import MetricText
import Ports

/// The version of a day's file that is about to be replaced, and the position of each metric
/// family.
struct FamilyFile: ~Copyable {
    private let file: OpenFile?
    private let index: FamilyIndex

    /// Reads a file once, and keeps only the positions.
    ///
    /// - Parameter file: The file; nil if there is none, which means no families.
    /// - Throws: `unreadableState` if the file is not complete. This system never leaves such a
    ///   file.
    init(_ file: consuming OpenFile?, at path: String) throws(Failure) {
        var index = FamilyIndex()
        let isAbsent = file == nil
        try file?.forEachChunk { chunk in
            for byte in chunk { index.note(byte) }
        }
        guard isAbsent || index.isComplete else {
            throw Failure(
                .unreadableState,
                "\(path) does not end with \"# EOF\". Move it away to have the day written again.")
        }
        self.file = file
        self.index = index
    }

    /// The names of the families, in the order of the file.
    var names: [String] { index.families.map(\.name) }

    /// Appends a family with its heading to another file.
    ///
    /// Does nothing if there is no such family.
    func copyFamily(_ name: String, to target: borrowing OpenFile) throws(Failure) {
        for family in index.families where family.name == name {
            try file?.copy(family.range, to: target)
        }
    }
}

/// The range of each metric family: from its `# HELP` line to that of the next family.
struct FamilyIndex {
    private(set) var families: [(name: String, range: Range<Int>)] = []
    /// Whether the last line was `# EOF`.
    private(set) var isComplete = false

    private var offset = 0
    private var isLineStart = true
    private var comment: (text: [UInt8], at: Int)?
    private var open: (name: String, at: Int)?

    /// Takes the next byte of the file.
    mutating func note(_ byte: UInt8) {
        if isLineStart {
            isComplete = false
            // Line breaks in values are escaped, so `#` at the start of a line begins a comment.
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
        let isHelp = line.starts(with: MetricText.help)
        isComplete = line == MetricText.end
        guard isHelp || isComplete else { return }
        if let open { families.append((open.name, open.at..<start)) }
        let name = line.dropFirst(MetricText.help.count).prefix { $0 != UInt8(ascii: " ") }
        open = isHelp ? (String(decoding: name, as: UTF8.self), start) : nil
    }
}
