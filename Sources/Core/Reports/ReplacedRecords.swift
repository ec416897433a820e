/// The records of a report that a later one replaces: one bit for each record of a file up to the last
/// of them, so that a report with millions of such records takes little memory.
public struct ReplacedRecords: Hashable, Sendable {
    /// The number of records in the set.
    public private(set) var count = 0
    /// The bits by file, the record's place within the file first.
    private var files: [Int: [UInt64]] = [:]

    /// Creates an empty set.
    public init() {}

    /// Whether no record is replaced.
    public var isEmpty: Bool { count == 0 }

    /// Whether a record is replaced.
    ///
    /// - Parameter ordinal: The record, as ``ReportPass`` numbers it.
    func contains(_ ordinal: Int) -> Bool {
        let (file, word, bit) = Self.place(ordinal)
        guard let words = files[file], word < words.count else { return false }
        return words[word] & bit != 0
    }

    /// Adds a record that is not in the set.
    mutating func insert(_ ordinal: Int) {
        let (file, word, bit) = Self.place(ordinal)
        var words = files.removeValue(forKey: file) ?? []
        if word >= words.count {
            words += [UInt64](repeating: 0, count: word + 1 - words.count)
        }
        words[word] |= bit
        files[file] = words
        count += 1
    }

    /// Adds the records of other files.
    mutating func formUnion(_ other: ReplacedRecords) {
        files.merge(other.files) { mine, _ in mine }
        count += other.count
    }

    private static func place(_ ordinal: Int) -> (file: Int, word: Int, bit: UInt64) {
        let record = ordinal & 0xFFFF_FFFF
        return (ordinal >> 32, record / 64, 1 << UInt64(record % 64))
    }
}

extension ReplacedRecords: ExpressibleByArrayLiteral {
    /// Creates a set of records.
    public init(arrayLiteral ordinals: Int...) {
        for ordinal in Set(ordinals) { insert(ordinal) }
    }
}
