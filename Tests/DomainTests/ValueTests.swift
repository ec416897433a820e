import Domain
import Testing
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Values")
struct ValueTests {
    @Test(
        "assigns times to UTC days",
        arguments: [
            (0, "1970-01-01"), (86_399_999, "1970-01-01"), (86_400_000, "1970-01-02"),
            (-1, "1969-12-31"), (-86_400_000, "1969-12-31"), (1_795_305_599_000, "2026-11-21"),
        ])
    func day(milliseconds: Int64, text: String) {
        #expect(Day(containing: Timestamp(milliseconds: milliseconds)).description == text)
    }

    @Test(
        "parses only days of the calendar",
        arguments: [
            ("2024-02-29", true), ("2026-02-29", false), ("2026-02-30", false),
            ("2026-13-01", false), ("2026-1-1", false), ("2026-11-21T00:00:00Z", false),
            ("20261121", false), ("", false), ("2026-11-2x", false), ("2026-00-10", false),
        ])
    func dayText(text: String, isDay: Bool) {
        #expect(Day(text).map(\.description) == (isDay ? text : nil))
    }

    @Test("has a year and a month", arguments: [("2026-11-30", 2026, 11), ("2027-01-01", 2027, 1)])
    func calendar(text: String, year: Int, month: Int) throws {
        let day = try #require(Day(text))
        #expect(day.year == year && day.month == month)
    }

    @Test(
        "parses RFC 3339 with any offset and prints UTC",
        arguments: [
            ("2026-11-22T06:00:00Z", "2026-11-22T06:00:00Z"),
            ("2026-11-22T07:30:00+01:30", "2026-11-22T06:00:00Z"),
            ("2026-11-22T06:00:00.250Z", "2026-11-22T06:00:00.250Z"),
            ("2026-11-22T06:00:00.2Z", "2026-11-22T06:00:00.200Z"),
            ("2026-11-22T06:00:00.123456789Z", "2026-11-22T06:00:00.123Z"),
            ("2026-11-22T06:00:00.99996Z", "2026-11-22T06:00:01Z"),
            ("2026-11-22t06:00:00z", "2026-11-22T06:00:00Z"),
            ("2026-03-01T00:30:00+01:00", "2026-02-28T23:30:00Z"),
            ("2027-12-31T23:30:00-05:00", "2028-01-01T04:30:00Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
            // The calendar of RFC 3339 has no leap of 1582.
            ("0002-01-01T00:00:00-23:59", "0002-01-01T23:59:00Z"),
            ("1582-10-10T00:00:00Z", "1582-10-10T00:00:00Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
        ])
    func timestamp(text: String, printed: String) throws {
        #expect(try #require(Timestamp(text)).description == printed)
    }

    @Test(
        "refuses a time that does not exist",
        arguments: [
            "2026-11-22T24:00:00Z", "2026-11-22T25:00:00Z", "2026-11-22T06:60:00Z",
            "2026-11-22T06:00:61Z", "2026-11-31T06:00:00Z", "2026-02-29T06:00:00Z",
            "2026-11-22T06:00:00", "2026-11-22", "2026-11-22T06:00Z", "2026-11-22T06:00:00+0100",
            "2026-11-22T06:00:00+24:00", "2026-11-22T06:00:00.Z", "2026-11-22 06:00:00Z",
            "2026-11-22T06:00:00Zx", "+026-11-22T06:00:00Z", "tomorrow", "",
            "9999-12-31T23:59:60Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+00:01",
        ])
    func noTimestamp(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(
        "is read from seconds with a fraction",
        arguments: [
            (1_776_470_399, 1_776_470_399_000), (1.2345, 1_235), (-0.5, -500), (1e12, nil),
            (-1e11, nil), (1e300, nil), (.nan, nil), (-.infinity, nil),
        ] as [(Double, Int64?)])
    func fractional(seconds: Double, milliseconds: Int64?) {
        #expect(Timestamp(fractionalSeconds: seconds)?.milliseconds == milliseconds)
    }

    @Test(
        "stays within what can be written and read",
        arguments: [Int64.min, -62_135_596_801, 253_402_300_800, 9_223_372_036_854_775, .max])
    func bounded(seconds: Int64) {
        let epoch = Timestamp(seconds: 0)
        for moment in [
            Timestamp(seconds: seconds), Timestamp(milliseconds: seconds),
            epoch.advanced(by: .seconds(seconds)),
            Timestamp.latest.advanced(by: .seconds(seconds)),
            Timestamp.earliest.advanced(by: .seconds(seconds)),
        ] {
            #expect(Timestamp(moment.description) == moment)
        }
    }

    @Test("parses every day of the calendar")
    func everyDay() {
        for number in stride(from: -719_162, through: 2_932_896, by: 37) {
            let day = Day(number: number)
            #expect(Day(day.description) == day)
        }
    }

    @Test("reads what a newer version wrote, without the sources that only that one knows")
    func newerManifest() throws {
        let text = #"""
            {"organization": "acme", "day": "2026-11-21", "integration": "9-copilot",
             "installation": 555, "samples": 3, "final": false, "readAt": "2026-11-22T06:00:00Z",
             "sources": {"users-1-day": {"outcome": "embargoed", "samples": 3},
                         "billing": {"outcome": "written", "samples": 1},
                         "seats-1-day": {"outcome": "written", "samples": 9}}, "mood": "good"}
            """#
        let manifest = try JSON.decode(Manifest.self, from: Array(text.utf8), at: "test")
        #expect(manifest.sources.count == 2)
        #expect(manifest.sources[.users]?.outcome == .unknown("embargoed"))
        #expect(manifest.sources[.billing]?.outcome == .written)
        #expect(!manifest.isFault)
        let again = try JSON.decode(Manifest.self, from: JSON.encode(manifest), at: "test")
        #expect(again == manifest)
    }

    @Test("has one word for each outcome", arguments: Outcome.allCases)
    func outcome(outcome: Outcome) throws {
        #expect(Outcome(rawValue: outcome.rawValue) == outcome)
        let text = JSON.encode([outcome])
        #expect(text == Array(#"["\#(outcome.rawValue)"]"#.utf8))
        #expect(try JSON.decode([Outcome].self, from: text, at: "test") == [outcome])
    }

    @Test("parses every day of four centuries")
    func manyDays() {
        for number in stride(from: -25_567, to: 120_530, by: 11) {
            let day = Day(number: number)
            #expect(Day(day.description) == day)
        }
    }

    @Test("survives a round trip to the millisecond", arguments: [0, 1_795_363_408, -1])
    func milliseconds(second: Int64) {
        for rest in Int64(0)..<1_000 {
            let moment = Timestamp(milliseconds: second * 1_000 + rest)
            #expect(Timestamp(moment.description) == moment)
        }
    }

    @Test("converts seconds and milliseconds exactly")
    func durations() {
        for seconds in [0, 1, 3_601, 4_541, 86_399, 99_999] as [Int64] {
            let moved = Timestamp(seconds: 0).advanced(by: .seconds(seconds))
            #expect(moved.milliseconds == seconds * 1_000)
            #expect(Duration.seconds(seconds).secondsRoundedUp == Int(seconds))
        }
        #expect(Duration.milliseconds(1_001).secondsRoundedUp == 2)
        #expect(Timestamp(seconds: 10).advanced(by: .milliseconds(-1_500)).milliseconds == 8_500)
    }

    @Test("stamps a day at its last second")
    func end() throws {
        let day = try #require(Day("2026-11-21"))
        #expect(Timestamp(endOf: day).description == "2026-11-21T23:59:59Z")
    }

    @Test(
        "accepts only identifiers that are safe in a path",
        arguments: [
            ("acme", true), ("acme-2_x.y", true), ("", false), ("..", false), (".hidden", false),
            ("a/b", false), ("a b", false), ("ä", false),
            (String(repeating: "a", count: 101), false),
        ])
    func identifier(text: String, isGood: Bool) {
        #expect((OrganizationLogin(text) != nil) == isGood)
        #expect((IntegrationID(text) != nil) == isGood)
    }

    @Test("never prints a secret")
    func secret() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\([secret])", dumped] {
            #expect(text.contains("<secret>") && !text.contains("hunter2"))
        }
        #expect(secret.reveal { $0.count } == 7)
    }

    @Test("gives the same work the same event id")
    func event() throws {
        let event = CollectEvent(
            integration: try #require(IntegrationID("7-copilot")),
            installation: InstallationID(555),
            organization: try #require(OrganizationLogin("acme")),
            day: try #require(Day("2026-11-20")))
        let morning = try #require(Timestamp("2026-11-22T06:00:00Z"))
        let noon = try #require(Timestamp("2026-11-22T12:00:00Z"))
        let id = event.cloudEvent(organizationID: 900, time: morning).id
        #expect(id == "collect/7-copilot/900/2026-11-20/2026-11-22")
        #expect(event.cloudEvent(organizationID: 900, time: noon).id == id)

        let data = event.cloudEvent(organizationID: 900, time: morning).data
        let copy = try JSONDecoder().decode(CollectEvent.self, from: JSONEncoder().encode(data))
        #expect(copy == event)
    }

    @Test(
        "preserves JSON values",
        arguments: [#"{"a":[1,2.5,"x",null,true,{"b":-9007199254740993}]}"#]
    )
    func json(text: String) throws {
        let value = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(value), as: UTF8.self) == text)
    }

    @Test("shares label blocks and removes the last on request")
    func blocks() throws {
        var batch = SampleBatch(
            SampleScope(
                organization: try #require(OrganizationLogin("acme")),
                day: try #require(Day("2026-11-21")), source: .users,
                tags: SampleTags(application: "copilot")))
        batch.addLabel(.ide, "vscode")
        let head = batch.endBlock()
        batch.addLabel(.ide, "")
        #expect(batch.endBlock() == .empty)
        batch.addLabel(.userLogin, "dropped")
        batch.dropBlock(batch.endBlock())
        batch.addLabel(.organization, "acme")
        batch.addLabel(.userLogin, "žofie")
        let tail = batch.endBlock()
        batch.add(MetricID.all[0], 3, head: head, tail: tail)
        let labels = batch.labels(of: batch.samples[0])
        #expect(labels.map(\.label) == [.ide, .organization, .userLogin])
        #expect(labels.map(\.value) == ["vscode", "acme", "žofie"])
        batch.removeAll()
        #expect(batch.samples.isEmpty && batch.blockCount == 1)
    }
}
