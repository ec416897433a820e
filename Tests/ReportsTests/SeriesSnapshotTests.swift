import Domain
import Fakes
import Reports
import TestSupport
import Testing

@Suite("A snapshot of a source")
struct SeriesSnapshotTests {
    /// A report of users, each with two samples.
    static func survey(_ values: [Int: Int]) throws -> ReportSurvey {
        let lines = values.sorted { $0.key < $1.key }.map { user, value in
            #"{"day":"2026-10-05","user_id":\#(user),"user_login":"u\#(user)","#
                + #""loc_added_sum":\#(value),"loc_deleted_sum":1}"#
        }
        return try ReportPassTests.read(lines.joined(separator: "\n"), .users).survey
    }

    static func users(_ count: Int) -> [Int: Int] {
        Dictionary(uniqueKeysWithValues: (1...count).map { ($0, $0) })
    }

    @Test("counts exactly what changed, appeared and disappeared in a source of normal size")
    func exact() throws {
        let before = Self.users(1_000)
        var after = before
        for user in 1...17 { after[user] = 5_000 }
        for user in 18...20 { after[user] = nil }
        for user in 2_001...2_005 { after[user] = 1 }
        let changes = try Self.survey(after).snapshot.changes(since: Self.survey(before).snapshot)
        #expect(changes.changed == 17 && changes.seriesPerKept == 1)
        #expect(changes.removed == 3 * 2 && changes.added == 5 * 2)
        let none = try Self.survey(before).snapshot.changes(since: Self.survey(before).snapshot)
        #expect(none.changed == 0 && none.added == 0 && none.removed == 0)
    }

    @Test("of a large source stays small, and estimates the changes within a tenth")
    func estimated() throws {
        let before = Self.users(40_000)
        var after = before
        for user in stride(from: 1, through: 40_000, by: 4) { after[user] = 100_000 + user }
        for user in stride(from: 2, through: 40_000, by: 10) { after[user] = nil }
        let (old, new) = (try Self.survey(before).snapshot, try Self.survey(after).snapshot)
        #expect(old.bytes.count <= 240_002)
        let changes = new.changes(since: old)
        #expect(changes.seriesPerKept > 1)
        #expect((9_000...11_000).contains(changes.changed), "\(changes)")
        #expect((7_000...9_000).contains(changes.removed), "\(changes)")
        #expect(changes.added == 0)
    }

    @Test("survives a round trip as bytes, and rejects other bytes")
    func bytes() throws {
        let snapshot = try Self.survey(Self.users(30)).snapshot
        #expect(SeriesSnapshot(bytes: snapshot.bytes) == snapshot)
        #expect(SeriesSnapshot(bytes: snapshot.bytes.dropLast()) == nil)
        #expect(SeriesSnapshot(bytes: [UInt8]()) == nil)
        #expect(SeriesSnapshot(bytes: [9, 0]) == nil)
    }

    @Test(
        "does not depend on the order in which files are read, and neither do digest, counts and notes"
    )
    func parts() throws {
        let file = try Repository.bytes(
            "\(Repository.recordedFolder)/users-1-day/2026-04-14.ndjson")
        let lines = file.split(separator: 0x0A).map { Array($0) }
        // The same users again in later files: those count.
        let files = [lines, Array(lines.dropFirst(3)), Array(lines.prefix(2))].map {
            Array($0.joined(separator: [0x0A]))
        }
        let whole = try ReportPassTests.read(files, .users, day: "2026-04-14").survey
        var parts: [ReportPart] = []
        for place in files.indices.reversed() {
            var pass = ReportPass(
                scope: try ReportPassTests.scope(.users, day: "2026-04-14"),
                identity: Identity(.full))
            pass.beginFile(place + 1)
            try pass.feed(files[place])
            try pass.endFile()
            parts.append(pass.part)
        }
        #expect(ReportPart.survey(of: parts.reversed()) == whole)
        #expect(ReportPart.survey(of: parts) == whole)
        #expect(whole.replaced.count == lines.count - 1)
    }
}
