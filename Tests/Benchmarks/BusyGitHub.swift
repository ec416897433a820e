import Domain
import Glibc
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A GitHub with one organization whose reports are files, and a backend, at one address.
struct BusyGitHub: Sendable {
    /// What makes a run slow or large.
    enum Condition: String, Codable, CaseIterable {
        case none
        case longLine
        case longLines
        case manyEntries
        case manyEntriesEach
        case tooLong
        case oneList
        case slowReceiver
        case slowGitHub

        /// The condition in words.
        var title: String {
            switch self {
            case .none: "nothing special"
            case .longLine: "a line of 15 MB"
            case .longLines: "four files with a line of 15 MB each"
            case .manyEntries: "a line of 15 MB in short entries"
            case .manyEntriesEach: "four files with a line of 15 MB in short entries each"
            case .tooLong: "a line of 20 MB, which is too large"
            case .oneList: "all users in one list on one line"
            case .slowReceiver: "a slow receiver"
            case .slowGitHub: "a slow GitHub"
            }
        }
    }

    /// The members of a page, as GitHub gives them.
    private static let pageMemberCount = 100
    /// What a slow GitHub waits before each 64 KiB, and a slow receiver before each answer.
    private static let pause = Duration.milliseconds(5)

    let users: Int
    let condition: Condition
    let day: String
    private let folder: String
    private let shardCount: Int

    /// Writes the reports into a folder.
    init(users: Int, condition: Condition, day: String, folder: String) throws {
        (self.users, self.condition, self.day, self.folder) = (users, condition, day, folder)
        let shards = PipelineRun(users: users, day: day).shards
        var files: [LongFile] = shards.map { .lines($0) }
        switch condition {
        case .longLine: files.append(.text(15, 0, day: day))
        case .longLines: files += (0..<4).map { .text(15, $0, day: day) }
        case .tooLong: files.append(.text(20, 0, day: day))
        case .manyEntries: files.append(.entries(0, day: day))
        case .manyEntriesEach: files += (0..<4).map { .entries($0, day: day) }
        case .oneList: files = [.list(of: shards)]
        case .none, .slowReceiver, .slowGitHub: break
        }
        shardCount = files.count
        for (number, var file) in files.enumerated() {
            try Self.write("\(folder)/users-1-day-\(number)") { file.nextChunk() }
        }
        let totals = #"{"day":"\#(day)","daily_active_users":\#(users),"loc_added_sum":5}"#
        try Data(totals.utf8).write(to: URL(filePath: "\(folder)/organization-1-day-0"))
        var rest = 0..<users
        try Self.write("\(folder)/user-teams-1-day-0") {
            guard !rest.isEmpty else { return nil }
            let lines = rest.prefix(10_000).map { user in
                #"{"day":"\#(day)","user_id":\#(4_100_000 + user),"user_login":"user-\#(user)-dev","#
                    + #""team_id":\#(user % 50),"slug":"team-\#(user % 50)"}"# + "\n"
            }
            rest = rest.dropFirst(lines.count)
            return Array(lines.joined().utf8)
        }
    }

    /// The bytes of all reports.
    func byteCount() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: folder).reduce(0) { sum, name in
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            return sum + ((attributes[.size] as? any BinaryInteger).map { Int($0) } ?? 0)
        }
    }

    /// Answers a request.
    func answer(_ request: PlainServer.Request, at url: String) -> PlainServer.Answer {
        let path = request.path
        if path == "/api/v1/write" {
            return condition == .slowReceiver ? .late(Self.pause) : .empty
        }
        if path.hasPrefix("/files/") {
            return .file(
                "\(folder)/\(path.dropFirst("/files/".count))",
                pause: condition == .slowGitHub ? Self.pause : .zero)
        }
        if path == "/graphql" { return .json(members(request.body)) }
        if path.contains("/billing/") {
            return .json(
                """
                {"usageItems":[{"product":"Copilot","sku":"copilot_for_business",\
                "unitType":"user-months","pricePerUnit":19,"grossQuantity":12.5,\
                "grossAmount":237.5,"discountQuantity":0,"discountAmount":0,"netQuantity":12.5,\
                "netAmount":237.5}]}
                """)
        }
        if path.hasSuffix("/access_tokens") {
            return .json(
                #"{"token":"ghs_bench","expires_at":"2100-01-01T00:00:00Z","permissions":{}}"#)
        }
        let source = Source.reports.first { path.contains("/\($0.rawValue)?") }
        guard let source else { return .json("{}") }
        let count = source == .users ? shardCount : 1
        let links = (0..<count).map { #""\#(url)/files/\#(source.rawValue)-\#($0)""# }
        return .json(
            #"{"report_day":"\#(day)","download_links":[\#(links.joined(separator: ","))]}"#)
    }

    private func members(_ query: [UInt8]) -> String {
        // {"query":"…","variables":{"after":"200","login":"acme"}}
        let mark = Array(#""after":""#.utf8)
        let after = query.firstRange(of: mark).map { range in
            String(
                decoding: query[range.upperBound...].prefix { $0 != UInt8(ascii: "\"") },
                as: UTF8.self)
        }
        let first = after.flatMap { Int($0) } ?? 0
        let last = min(first + Self.pageMemberCount, users)
        let nodes = (first..<last).map { user in
            #"{"databaseId":\#(4_100_000 + user),"login":"user-\#(user)-dev","#
                + #""name":"Person Number \#(user)","#
                + #""organizationVerifiedDomainEmails":["person.\#(user)@acme.example"]}"#
        }
        return """
            {"data":{"organization":{"membersWithRole":{"pageInfo":{"hasNextPage":\(last < users),\
            "endCursor":"\(last)"},"nodes":[\(nodes.joined(separator: ","))]}}}}
            """
    }

    private static func write(_ path: String, _ next: () -> [UInt8]?) throws {
        // Both texts are lent for the call; the file is closed below.
        guard let file = unsafe fopen(path, "w") else {
            throw Benchmarks.Problem(description: "\(path) cannot be written")
        }
        defer { unsafe fclose(file) }
        while let chunk = next() {
            guard unsafe fwrite(chunk, 1, chunk.count, file) == chunk.count else {
                throw Benchmarks.Problem(description: "\(path) cannot be written: the disk is full")
            }
        }
    }
}
