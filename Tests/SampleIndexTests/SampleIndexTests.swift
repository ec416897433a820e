import Domain
import SampleIndex
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The index of samples")
struct SampleIndexTests {
    static let day = Day(number: 20_561)
    static let text = """
        # HELP github_copilot_org_daily_active_users Distinct users.
        # TYPE github_copilot_org_daily_active_users gauge
        github_copilot_org_daily_active_users{organization="acme"} 21 1776470399
        # HELP x A family of another version.
        # TYPE x gauge
        x{feature="a \\"b\\" \\\\ c\\nd }, e",organization="acme"} 2.5 1776470399
        x{organization="acme",user_login="mona"} 7 1776470399
        # HELP github_copilot_user_loc_added_sum Lines.
        # TYPE github_copilot_user_loc_added_sum gauge
        github_copilot_user_loc_added_sum{organization="acme",user_login="mona"} 1 1776470399
        # EOF

        """

    let acme: OrganizationLogin
    init() throws { acme = try #require(OrganizationLogin("acme")) }

    func write(_ text: String, _ day: Day = Self.day, in folder: String) throws {
        try FileManager.default.createDirectory(
            atPath: "\(folder)/acme", withIntermediateDirectories: true)
        try Data(text.utf8).write(
            to: URL(filePath: "\(folder)/acme/\(day).om"), options: .atomic)
    }

    @Test("reads the series of the organization, and none of users")
    func reads() async throws {
        try await withTemporaryFolder { folder in
            try write(Self.text, in: folder)
            let index = SampleIndex(folder: folder, isWriting: false)
            let days = Self.day.advanced(by: -1)...Self.day.advanced(by: 1)
            let answer = try await index.read(SeriesQuery(acme, days))
            #expect(answer.problems.isEmpty)
            #expect(
                answer.series == [
                    SampleSeries(
                        metric: "github_copilot_org_daily_active_users", labels: [:],
                        values: [nil, 21, nil]),
                    SampleSeries(
                        metric: "x", labels: ["feature": "a \"b\" \\ c\nd }, e"],
                        values: [nil, 2.5, nil]),
                ])
            let one = try await index.read(SeriesQuery(acme, days, metrics: ["x"]))
            #expect(one.series.map(\.metric) == ["x"])
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/.index"))
        }
    }

    @Test("sees a file that was replaced, added or removed")
    func changes() async throws {
        try await withTemporaryFolder { folder in
            let index = SampleIndex(folder: folder, isWriting: true)
            func users() async throws -> [Double?]? {
                let answer = try await index.read(
                    SeriesQuery(acme, Self.day...Self.day.advanced(by: 1)))
                return answer["github_copilot_org_daily_active_users"].first?.values
            }
            #expect(try await users() == nil)
            try write(Self.text, in: folder)
            #expect(try await users() == [21, nil])
            try write(Self.text.replacing(" 21 ", with: " 22 "), in: folder)
            #expect(try await users() == [22, nil])
            try write(Self.text, Self.day.advanced(by: 1), in: folder)
            #expect(try await users() == [22, 21])
            try FileManager.default.removeItem(atPath: "\(folder)/acme/\(Self.day).om")
            #expect(try await users() == [nil, 21])
        }
    }

    @Test("keeps what it read beside the files, and reads a file only when it changed")
    func kept() async throws {
        try await withTemporaryFolder { folder in
            try write(Self.text, in: folder)
            let query = SeriesQuery(acme, Self.day...Self.day)
            let first = try await SampleIndex(folder: folder, isWriting: true).read(query)
            let file = "\(folder)/.index/acme"
            let kept = try String(contentsOfFile: file, encoding: .utf8)
            #expect(kept.contains("\n0 21 1 2.5\n"))
            #expect(!kept.contains("github_copilot_user"))

            // A value that only the index has: the file itself is not read.
            try kept.replacing("\n0 21 1 2.5\n", with: "\n0 77 1 2.5\n")
                .write(toFile: file, atomically: true, encoding: .utf8)
            let again = try await SampleIndex(folder: folder, isWriting: false).read(query)
            #expect(again.series.first?.values == [77])

            for damaged in [
                "", "copilot-usage series 1\n", String(kept.dropLast(3)),
                kept.replacing("series 1", with: "series 2"), kept.replacing("0 21", with: "9 21"),
                kept.replacing("E 5", with: "E 4"), "\u{FFFD}",
            ] {
                try damaged.write(toFile: file, atomically: true, encoding: .utf8)
                let answer = try await SampleIndex(folder: folder, isWriting: false).read(query)
                #expect(answer.series == first.series, "after \(damaged.prefix(30))")
            }
        }
    }

    @Test(
        "reports a damaged file, and reads the others",
        arguments: [
            "", "# EOF", "x 1 2\n", "x 1\n# EOF\n", "x one 2\n# EOF\n", " 1 2\n# EOF\n",
            String(text.dropLast(7)),
        ])
    func damaged(text: String) async throws {
        try await withTemporaryFolder { folder in
            try write(text, in: folder)
            try write(Self.text, Self.day.advanced(by: 1), in: folder)
            let index = SampleIndex(folder: folder, isWriting: true)
            let query = SeriesQuery(acme, Self.day...Self.day.advanced(by: 1))
            let answer = try await index.read(query)
            #expect(answer.series.map(\.values) == [[nil, 21], [nil, 2.5]])
            try #require(answer.problems.count == 1)
            #expect(answer.problems[0].contains("\(Self.day).om cannot be read: "))
            let again = try await SampleIndex(folder: folder, isWriting: true).read(query)
            #expect(again.problems == answer.problems)
        }
    }

    @Test("adds up the series that agree in a label, and leaves a day without any sample empty")
    func sums() {
        func series(_ a: String, _ b: String, _ values: [Double?]) -> SampleSeries {
            SampleSeries(metric: "m", labels: ["a": a, "b": b], values: values)
        }
        let all = [
            series("1", "x", [1, nil, nil]), series("2", "x", [5, 5, nil]),
            series("1", "y", [2, 3, nil]),
        ]
        #expect(all.summed(by: ["a"]).map(\.values) == [[3, 3, nil], [5, 5, nil]])
        #expect(all.summed(by: ["a"]).map(\.labels) == [["a": "1"], ["a": "2"]])
        #expect(all.summed(by: []).map(\.values) == [[8, 8, nil]])
    }
}
