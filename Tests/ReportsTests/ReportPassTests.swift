import Domain
import Reports
import TestSupport
import Testing
import Toolbox

@Suite("Reading a report")
struct ReportPassTests {
    static func scope(_ source: Source, day: String = "2026-10-05") throws -> SampleScope {
        SampleScope(
            organization: try #require(OrganizationLogin("acme")), day: try #require(Day(day)),
            source: source, tags: SampleTags(application: "copilot"))
    }

    /// Reads `files`, each cut into chunks of `chunk` bytes.
    static func read(
        _ files: [[UInt8]], _ source: Source, day: String = "2026-10-05", chunk: Int = 1_000,
        identity: Identity = Identity(.full), members: MemberTable = MemberTable(),
        leavingOut replaced: ReplacedRecords = []
    ) throws -> (rows: [Row], survey: ReportSurvey) {
        var pass = ReportPass(
            scope: try scope(source, day: day), identity: identity, members: members,
            leavingOut: replaced)
        let rows = try pass.rows(of: files, chunk: chunk)
        return (rows, pass.survey)
    }

    static func read(
        _ text: String, _ source: Source, identity: Identity = Identity(.full),
        members: MemberTable = MemberTable()
    ) throws -> (rows: [Row], survey: ReportSurvey) {
        try read([Array(text.utf8)], source, identity: identity, members: members)
    }

    @Test(
        "makes the same samples as a plain walk of the JSON, for every recorded day",
        arguments: try Repository.recordedDays(), [Source.organization, .users])
    func recorded(day: String, source: Source) throws {
        let file = try Repository.bytes(
            "\(Repository.recordedFolder)/\(source.rawValue)/\(day).ndjson")
        let expected = try Oracle.rows(of: file, source, organization: "acme")
        let read = try Self.read([file], source, day: day)
        #expect(read.rows.sorted() == expected.sorted())
        #expect(read.survey.samples == expected.count)
        #expect(read.survey.notes.isEmpty)
        #expect(!expected.isEmpty)
    }

    @Test(
        "has the digests that earlier versions stored",
        arguments: [
            (Source.organization, "dfc2b4c330c8f4a5be25db5685ec9765"),
            (.users, "9f47e37797e37f94d9df2f6985c0d1ad"),
        ])
    func storedDigest(source: Source, digest: String) throws {
        let day = "2026-04-14"
        let file = try Repository.bytes(
            "\(Repository.recordedFolder)/\(source.rawValue)/\(day).ndjson")
        #expect(try Self.read([file], source, day: day).survey.digest == digest)
    }

    @Test("does not depend on the size of the chunks", arguments: [1, 2, 7, 64, 100_000])
    func chunks(size: Int) throws {
        let file = try Repository.bytes(
            "\(Repository.recordedFolder)/users-1-day/2026-04-14.ndjson")
        let whole = try Self.read([file], .users, day: "2026-04-14", chunk: file.count)
        let cut = try Self.read([file], .users, day: "2026-04-14", chunk: size)
        #expect(cut.rows == whole.rows)
        #expect(cut.survey == whole.survey)
    }

    @Test("has the same digest for any order of files and records")
    func order() throws {
        let file = try Repository.bytes(
            "\(Repository.recordedFolder)/users-1-day/2026-04-14.ndjson")
        let lines = file.split(separator: 0x0A).map { Array($0) }
        let forward = try Self.read(lines, .users, day: "2026-04-14")
        let backward = try Self.read(lines.reversed(), .users, day: "2026-04-14")
        #expect(forward.survey.digest == backward.survey.digest)
        #expect(forward.survey.files == lines.count)
        let fewer = try Self.read(Array(lines.dropLast()), .users, day: "2026-04-14")
        #expect(fewer.survey.digest != forward.survey.digest)
    }

    @Test("makes no sample of a value that is absent, null or of a wrong type, and one of zero")
    func absent() throws {
        let read = try Self.read(
            #"""
            {"day":"2026-10-05","daily_active_users":0,"weekly_active_users":null,
             "monthly_active_users":"12","totals_by_ide":[],"totals_by_feature":null,
             "totals_by_cli":null,"pull_requests":[{"total_created":1}],"unknown_field":7,
             "totals_by_model_feature":{"loc_added_sum":1},
             "totals_by_new_thing":[{"thing":"x","loc_added_sum":1}]}
            """#, .organization)
        #expect(
            read.rows == [
                Row("github_copilot_org_daily_active_users", ["organization": "acme"], 0)
            ])
        #expect(
            read.survey.notes == [
                "3 values are not of the documented type and were skipped, the first: `monthly_active_users`",
                "unknown fields: `totals_by_new_thing` (1 time), `unknown_field` (1 time)",
            ])
    }

    @Test("adds up entries of a breakdown that have the same labels")
    func repeatedEntries() throws {
        let read = try Self.read(
            #"{"totals_by_ide":[{"ide":"others","loc_added_sum":2},{"loc_added_sum":5,"ide":"vim"},"#
                + #"{"ide":"others","loc_added_sum":3,"loc_deleted_sum":1}]}"#, .organization)
        let name = "github_copilot_org_loc_added_sum_by_ide"
        let other = ["organization": "acme", "ide": "others"]
        #expect(
            Set(read.rows) == [
                Row(name, other, 5), Row(name, ["organization": "acme", "ide": "vim"], 5),
                Row("github_copilot_org_loc_deleted_sum_by_ide", other, 1),
            ])
        #expect(read.survey.notes.count == 1)
    }

    @Test("skips entries with a label that is too long, rather than adding them up without it")
    func longLabels() throws {
        let (one, other) = (
            String(repeating: "a", count: 20_000), String(repeating: "b", count: 20_000)
        )
        let read = try Self.read(
            #"{"totals_by_ide":[{"ide":"\#(one)","loc_added_sum":5},{"ide":"vim","loc_added_sum":1},"#
                + #"{"ide":"\#(other)","loc_added_sum":7}]}"#, .organization)
        #expect(read.rows.map(\.value) == [1])
        #expect(
            read.survey.notes == [
                "2 breakdown entries have labels longer than 10922 bytes and were skipped"
            ])
    }

    @Test("names an unknown field that is long, or has no name")
    func oddNames() throws {
        let read = try Self.read(
            #"{"\#(String(repeating: "x", count: 70_000))":1,"":2,"daily_active_users":1}"#,
            .organization)
        let notes = read.survey.notes
        #expect(notes.count == 1)
        #expect(notes.first?.contains("`\(String(repeating: "x", count: 80))…`") == true)
        #expect(notes.first?.contains("a field without a name (1 time)") == true)
    }

    @Test("omits labels that are empty or missing")
    func emptyLabels() throws {
        let read = try Self.read(
            #"{"totals_by_model_feature":[{"model":"","feature":"f","loc_added_sum":1},"#
                + #"{"feature":null,"model":"m","loc_added_sum":2}]}"#, .organization)
        let name = "github_copilot_org_loc_added_sum_by_model_feature"
        #expect(
            Set(read.rows) == [
                Row(name, ["organization": "acme", "feature": "f"], 1),
                Row(name, ["organization": "acme", "model": "m"], 2),
            ])
    }

    @Test("puts a phase into one block with the organization")
    func phases() throws {
        let read = try Self.read(
            #"{"totals_by_ai_adoption_phase":[{"total_engaged_users":4,"phase":"Phase 1"}]}"#,
            .organization)
        #expect(
            read.rows == [
                Row(
                    "github_copilot_org_adoption_phase_engaged_users",
                    ["organization": "acme", "phase": "Phase 1"], 4)
            ])
    }

    @Test("finds the first of two records of one user, and skips it in the second reading")
    func lastWins() throws {
        let text = #"""
            {"user_id":1,"user_login":"ada","loc_added_sum":10}
            {"user_id":2,"user_login":"bo","loc_added_sum":20}
            {"user_id":1,"user_login":"Ada-Renamed","loc_added_sum":11}
            """#
        let first = try Self.read(text, .users)
        #expect(first.survey.replaced == [0])
        #expect(first.survey.samples == 2)
        let again = try Self.read([Array(text.utf8)], .users, leavingOut: first.survey.replaced)
        #expect(again.rows.map(\.value) == [20, 11])
        #expect(again.survey.digest == first.survey.digest)
        #expect(again.survey.replaced.isEmpty)
    }

    @Test("keeps a bounded memory of records that later ones replace")
    func manyReplaced() throws {
        let count = 200_000
        let line = #"{"user_id":1,"user_login":"ada","loc_added_sum":7}"# + "\n"
        let other = #"{"user_id":2,"user_login":"bo","loc_added_sum":1}"# + "\n"
        func pass(leavingOut replaced: ReplacedRecords = []) throws -> ReportPass {
            var pass = ReportPass(
                scope: try Self.scope(.users), identity: Identity(.login), leavingOut: replaced)
            pass.beginFile()
            try pass.feed(Array(other.utf8))
            for _ in 0..<count {
                try pass.feed(Array(line.utf8))
                pass.clearBatch()
            }
            try pass.endFile()
            return pass
        }
        let first = try pass()
        #expect(first.keptRecordCount < 1 << 17)
        let survey = first.survey
        #expect(survey.replaced.count == count - 1 && survey.samples == 2)
        #expect(survey.records == count + 1)
        let plain = try Self.read(other + line, .users).survey
        #expect(survey.digest == plain.digest)
        let second = try pass(leavingOut: survey.replaced).survey
        #expect(second.digest == survey.digest && second.replaced.isEmpty)
    }

    @Test("counts a user once per team")
    func edges() throws {
        let text = #"""
            {"user_id":1,"user_login":"ada","team_id":7,"slug":"core"}
            {"user_id":"1","user_login":"ada","team_id":"7","slug":"core"}
            {"user_id":1,"user_login":"ada","team_id":8,"slug":"ops"}
            """#
        let read = try Self.read(text, .userTeams)
        #expect(read.survey.samples == 2)
        let again = try Self.read([Array(text.utf8)], .userTeams, leavingOut: read.survey.replaced)
        #expect(
            again.rows.map(\.labels) == [
                [
                    "organization": "acme", "user_login": "ada", "user_id": "1", "team_id": "7",
                    "team_slug": "core",
                ],
                [
                    "organization": "acme", "user_login": "ada", "user_id": "1", "team_id": "8",
                    "team_slug": "ops",
                ],
            ])
    }

    @Test(
        "writes a user's number as a decimal integer, whatever its JSON type",
        arguments: [
            ("41001", "41001"), ("\"41001\"", "41001"), ("41001.0", "41001"), ("null", nil),
            ("9007199254740993", "9007199254740993"), ("4.5", nil), ("\"\"", nil),
        ])
    func userID(json: String, label: String?) throws {
        let read = try Self.read(
            #"{"user_id":\#(json),"user_login":"ada","loc_added_sum":1}"#, .users)
        #expect(read.rows.map { $0.labels["user_id"] } == [label])
    }

    @Test("finds a member by number, or else by login without case")
    func members() throws {
        var members = MemberTable()
        members.add(id: 1, login: "ada-old", name: "Ada", email: "ada@acme.example")
        members.add(id: nil, login: "Bo", name: nil, email: "bo@acme.example")
        members.add(id: 3, login: "cy", name: "", email: nil)
        let read = try Self.read(
            #"""
            {"user_id":"1","user_login":"ada","loc_added_sum":1}
            {"user_id":2,"user_login":"bO","loc_added_sum":1}
            {"user_id":3,"user_login":"cy","loc_added_sum":1}
            {"user_id":4,"user_login":"dee","loc_added_sum":1}
            """#, .users, members: members)
        #expect(read.rows.map { $0.labels["user_name"] } == ["Ada", nil, nil, nil])
        #expect(
            read.rows.map { $0.labels["user_email"] }
                == ["ada@acme.example", "bo@acme.example", nil, nil])
    }

    @Test("has the same digest when only a name or an e-mail address changed")
    func decoration() throws {
        var members = MemberTable()
        members.add(id: 1, login: "ada", name: "Ada", email: "ada@acme.example")
        let text = #"{"user_id":1,"user_login":"ada","loc_added_sum":1}"#
        let plain = try Self.read(text, .users)
        let known = try Self.read(text, .users, members: members)
        #expect(plain.rows != known.rows)
        #expect(plain.survey.digest == known.survey.digest)
    }

    @Test("has only the user labels that the setting allows")
    func identity() throws {
        var members = MemberTable()
        members.add(id: 1, login: "ada", name: "Ada", email: "ada@acme.example")
        let text = #"{"user_id":1,"user_login":"ada","loc_added_sum":1}"#
        let login = try Self.read(text, .users, identity: Identity(.login), members: members)
        #expect(
            login.rows.map(\.labels) == [
                ["organization": "acme", "user_login": "ada", "user_id": "1"]
            ])
        let hidden = try Self.read(
            text, .users, identity: Identity { "p(\($0))" }, members: members)
        #expect(
            hidden.rows.map(\.labels) == [
                ["organization": "acme", "user_login": "p(id:1)", "user_id": "p(id:1)"]
            ])
    }

    @Test(
        "accepts every form of a report",
        arguments: [
            "{\"user_login\":\"a\",\"loc_added_sum\":1}\n{\"user_login\":\"b\",\"loc_added_sum\":1}",
            "{\"user_login\":\"a\",\"loc_added_sum\":1}\r\n\r\n{\"user_login\":\"b\",\"loc_added_sum\":1}\r\n",
            "\u{FEFF}{\"user_login\":\"a\",\"loc_added_sum\":1}\n{\"user_login\":\"b\",\"loc_added_sum\":1}\n",
            "[{\"user_login\":\"a\",\"loc_added_sum\":1},{\"user_login\":\"b\",\"loc_added_sum\":1}]",
            "[\n {\"user_login\":\"a\",\n  \"loc_added_sum\":1},\n {\"user_login\":\"b\",\"loc_added_sum\":1}\n]\n",
            "{\"day_totals\":[{\"user_login\":\"a\",\"loc_added_sum\":1},{\"user_login\":\"b\",\"loc_added_sum\":1}]}",
        ])
    func forms(text: String) throws {
        for size in [1, 5, 1_000] {
            let read = try Self.read([Array(text.utf8)], .users, chunk: size)
            #expect(read.rows.map { $0.labels["user_login"] } == ["a", "b"])
        }
    }

    @Test(
        "names the place where a report is broken",
        arguments: [
            ("{\"user_login\":\"a\"}\n{\"user_login\":\n{\"user_login\":\"b\"}\n", 2, 19),
            ("{\"user_login\":\"a\"}\n{\"user_login\":\"b\",\"loc_ad", 2, 19),
            ("{\"user_login\":", 1, 0), ("\n\n{\"user_login\":", 3, 2), ("{\n}\n\n]", 4, 5),
            ("No report available", 1, 0),
        ])
    func broken(text: String, line: Int, offset: Int) throws {
        for size in [1, 3, 1_000] {
            let error = #expect(throws: ReportError.self) {
                try Self.read([Array(text.utf8)], .users, chunk: size)
            }
            #expect(error?.file == 1 && error?.line == line && error?.offset == offset)
            #expect(error.map { !$0.description.contains("loc_ad") } ?? false)
        }
    }

    @Test(
        "skips an entry that is not a record, and names its place",
        arguments: [
            ("{\"user_login\":\"a\",\"loc_added_sum\":1}\n\n\"text\"\n", "file 1, line 3"),
            ("[{\"user_login\":\"a\",\"loc_added_sum\":1}, 7]", "file 1, line 1, record 2"),
        ])
    func strangers(text: String, place: String) throws {
        let read = try Self.read([Array(text.utf8)], .users)
        #expect(read.rows.count == 1)
        #expect(read.survey.usableRecords == 1)
        #expect(read.survey.notes == ["1 entry is not a record and was skipped: \(place)"])
    }

    @Test("says of a page in place of a report that it is one")
    func page() {
        let text = "\n<!DOCTYPE html>\n<html><body>Blocked</body></html>\n"
        let error = #expect(throws: ReportError.self) {
            try Self.read([Array(text.utf8)], .users)
        }
        #expect(error?.why.contains("a proxy or filter may have answered") ?? false)
    }

    @Test("knows the fields of autumn 2026, and still notes one that it does not know")
    func autumnFields() throws {
        let customizations = ["skill", "custom_agent", "mcp", "slash_cmd", "plugin"].map {
            #""distinct_\#($0)_use_count":2,"totals_by_\#($0)":[{"\#($0)":"other","interaction_count":3}]"#
        }.joined(separator: ",")
        let users = try Self.read(
            [Array(#"{"user_login":"ada","loc_added_sum":1,\#(customizations)}"#.utf8)], .users)
        #expect(users.survey.notes.isEmpty)
        let organization = #"""
            {"daily_active_users":1,"weekly_active_cli_users":1,"monthly_active_cli_users":2,\#(customizations),
             "weekly_active_copilot_app_users":1,"monthly_active_copilot_app_users":1,
             "totals_by_ai_adoption_phase":[{"phase":"Phase 1","users_in_phase_28d":4}],
             "copilot_feature_engagement":{"totals_by_feature":[{"feature":"chat_panel_agent_mode",
              "active_user_count":4,"engaged_user_count":3}]}
            """#.replacing("\n", with: "")
        let known = try Self.read([Array((organization + "}").utf8)], .organization)
        #expect(known.survey.notes.isEmpty, "\(known.survey.notes)")
        let other = try Self.read(
            [Array((organization + #","daily_active_astronauts":1}"#).utf8)], .organization)
        #expect(other.survey.notes == ["unknown field: `daily_active_astronauts` (1 time)"])
    }

    @Test(
        "reports that a file ends within a record, wherever that is",
        arguments: [
            ("{\"user_login\":\"a", true), ("{\"user_login\":", true),
            ("{\"user_login\":\"a\"}\n{\"user_lo", true), ("<html>", false),
            ("{\"user_login\":\n", true), ("[{\"user_login\":\"a\"},\n", true),
        ])
    func cut(text: String, isCut: Bool) throws {
        let error = #expect(throws: ReportError.self) {
            try Self.read([Array(text.utf8)], .users)
        }
        #expect((error?.why == "the file ends within a record") == isCut)
    }

    @Test("skips records of another day and users without a login, and notes it")
    func foreign() throws {
        let read = try Self.read(
            #"""
            {"day":"2026-10-05","user_login":"bo","loc_added_sum":1}
            {"day":"2026-10-04","user_login":"ada","loc_added_sum":1}
            {"day":"2026-10-05","user_id":5,"loc_added_sum":1}
            {"day":"2026-10-05","user_id":6,"loc_added_sum":1}
            """#, .users)
        #expect(read.rows.map { $0.labels["user_login"] } == ["bo"])
        #expect(read.survey.usableRecords == 1 && read.survey.records == 4)
        #expect(
            read.survey.notes == [
                "1 record is of another day and was skipped: file 1, line 2",
                "2 records do not name their users and were skipped, the first: file 1, line 3",
            ])
    }

    @Test("unescapes labels")
    func escapes() throws {
        let read = try Self.read(
            #"{"totals_by_feature":[{"feature":"a\"b\\c\n\u00e9\ud83d\ude00","loc_added_sum":1}]}"#,
            .organization)
        #expect(read.rows.map { $0.labels["feature"] } == ["a\"b\\c\né😀"])
    }

    @Test("reads a long line")
    func longLine() throws {
        let entries = (0..<20_000).map { #"{"ide":"ide\#($0)","loc_added_sum":\#($0)}"# }
        let text = #"{"totals_by_ide":["# + entries.joined(separator: ",") + "]}\n"
        let read = try Self.read([Array(text.utf8)], .organization, chunk: 4_096)
        #expect(read.rows.count == 20_000)
        #expect(read.rows.map(\.value) == (0..<20_000).map(Double.init))
    }
}

extension ReportPass {
    /// Reads files, each cut into chunks of `chunk` bytes, to their samples.
    mutating func rows(of files: [[UInt8]], chunk: Int) throws(ReportError) -> [Row] {
        var rows: [Row] = []
        for file in files {
            beginFile()
            for start in stride(from: 0, to: file.count, by: chunk) {
                try feed(Array(file[start..<min(file.count, start + chunk)]))
                rows += batch.rows
                clearBatch()
            }
            try endFile()
            rows += batch.rows
            clearBatch()
        }
        return rows
    }
}
