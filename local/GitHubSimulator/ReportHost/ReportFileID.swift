import Domain

/// A file of a report, as the path of its link identifies it.
struct ReportFileID: Hashable, Sendable {
    let source: Source
    let organization: String
    let day: Day
    let revision: Int
    let index: Int

    init(source: Source, organization: String, day: Day, revision: Int, index: Int) {
        self.source = source
        self.organization = organization
        self.day = day
        self.revision = revision
        self.index = index
    }

    /// Parses a path; nil if it is not that of a report file.
    init?(path: String) {
        let parts = path.utf8.split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false
        ).map(Substring.init)
        guard parts.count == 6, parts[1].hasSuffix("-report"), parts[5].hasPrefix("part-"),
            let source = Source(rawValue: String(parts[1].dropLast("-report".count))),
            let day = Day(String(parts[3])), let revision = Int(parts[4]),
            let index = Int(parts[5].dropFirst("part-".count).prefix { $0 != "." })
        else { return nil }
        self.init(
            source: source, organization: String(parts[2]), day: day, revision: revision,
            index: index)
    }

    var path: String {
        let digits = String(index)
        let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
        return "/\(source.rawValue)-report/\(organization)/\(day)/\(revision)/part-\(padded).ndjson"
    }
}
