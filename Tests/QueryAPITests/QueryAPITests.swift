import Domain
import Fakes
import InMemory
import Ports
import QueryAPI
import RemoteWrite
import SampleIndex
import TestSupport
import Testing
import Toolbox

@Suite("The client of a Prometheus HTTP API", .serialized, .timeLimit(.minutes(3)))
struct QueryAPITests {
    private static let newest = Day(number: 20_561)
    private static let users = "github_copilot_org_daily_active_users"
    private static let models =
        "github_copilot_org_user_initiated_interaction_count_by_model_feature"

    private func answering(_ status: Int, _ text: String) -> ScriptedTransport {
        ScriptedTransport { _ in HTTPClientResponse(status: status, bytes: Array(text.utf8)) }
    }

    @Test(
        "asks with a form, at the address with or without its end, and with credentials",
        arguments: ["http://prom:9090", "http://prom:9090/", "http://prom:9090/api/v1"])
    func request(url: String) async throws {
        let transport = answering(200, #"{"data":{"result":[]}}"#)
        let api = QueryAPI(url: url, authorization: Secret("Bearer t"), transport: transport)
        _ = try await api.query(
            "up{a=\"b\"}", over: Timestamp(seconds: 10)...Timestamp(seconds: 20), step: .seconds(5))
        let sent = try #require(transport.requests.first)
        #expect(sent.method == "POST" && sent.url == "http://prom:9090/api/v1/query_range")
        #expect(sent.secretFields["authorization"]?.reveal { $0 } == "Bearer t")
        let form = Form(String(decoding: sent.body, as: UTF8.self)).first
        #expect(form == ["query": "up{a=\"b\"}", "start": "10.0", "end": "20.0", "step": "5"])
    }

    @Test(
        "leaves out a value that is no number, or that no sample of ours has",
        arguments: ["NaN", "+Inf", "-Inf", "1e300", "-1e300", "9223372036854775808"])
    func values(text: String) async throws {
        let labels = #"{"organization":"acme","user_id":"7","user_login":"ada"}"#
        let answer = #"{"data":{"result":[{"metric":\#(labels),"value":[1776470399,"\#(text)"]}]}}"#
        let api = QueryAPI(
            url: "http://prom", authorization: nil, transport: answering(200, answer))
        #expect(try await api.query("up", at: Timestamp(seconds: 1)).map(\.points) == [[]])
        let acme = try #require(OrganizationLogin("acme"))
        let people = try await QueriedPeople(api).people(of: acme, Self.newest...Self.newest)
        #expect(people.people.isEmpty && people.problems.isEmpty)
    }

    @Test(
        "says what is wrong in words",
        arguments: [
            (401, "no", "QUERY_BEARER_TOKEN"), (403, "{}", "QUERY_USERNAME"),
            (404, "page not found", "does not answer as a Prometheus HTTP API"),
            (200, "<html>", "does not answer as a Prometheus HTTP API"),
            (400, #"{"status":"error","error":"bad query"}"#, "bad query"),
            (503, #"{"status":"error","error":"overloaded"}"#, "overloaded"),
            (200, #"{"data":{"result":[{"metric":{},"value":[1,"x"]}]}}"#, "does not answer as"),
            (200, #"{"data":{"result":[{"metric":{},"value":[1e300,"1"]}]}}"#, "does not answer"),
            (200, #"{"data":{"result":[{"metric":{},"values":[[-1e12,"1"]]}]}}"#, "not answer as"),
        ])
    func failures(status: Int, text: String, words: String) async throws {
        let api = QueryAPI(
            url: "http://prom", authorization: nil, transport: answering(status, text))
        let failure = await #expect(throws: Failure.self) {
            _ = try await api.query("up", at: Timestamp(seconds: 1))
        }
        #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
        // A page shows the rest of itself all the same.
        let acme = try #require(OrganizationLogin("acme"))
        let answer = try await QueriedSamples(api).read(
            SeriesQuery(acme, Self.newest...Self.newest))
        #expect(answer.series.isEmpty && answer.problems.first?.contains(words) == true)
        let people = try await QueriedPeople(api).people(of: acme, Self.newest...Self.newest)
        #expect(people.people.isEmpty && people.problems.first?.contains(words) == true)
    }

    private func sink(_ backend: Backend) throws -> RemoteWriteSink {
        RemoteWriteSink(
            settings: try RemoteWriteSettings(url: backend.writeURL), transport: backend.http,
            time: ContinuousClock(), wallClock: ManualClock(Timestamp(endOf: Self.newest)),
            entropy: SeededEntropy(seed: 1))
    }

    private func add(
        _ name: String, _ value: Double, _ labels: [(Label, String)], to batch: inout SampleBatch
    ) throws {
        for (label, value) in labels { batch.addLabel(label, value) }
        let metric = try #require(Catalogue.byName[name])
        batch.add(metric, value, head: batch.endBlock(), tail: .empty)
    }

    /// Samples of some days with a gap, of two organizations, and of a user.
    private func write(to backend: Backend) async throws {
        let sink = try sink(backend)
        for name in ["acme", "acme-2"] {
            for back in [4, 3, 1, 0] {
                let scope = SampleScope(
                    organization: try #require(OrganizationLogin(name)),
                    day: Self.newest.advanced(by: -back), source: .organization,
                    tags: SampleTags(application: "copilot"))
                var batch = SampleBatch(scope)
                try add(Self.users, Double(20 + back), [(.organization, name)], to: &batch)
                for model in ["a \"b\" \\ c", "gpt"] {
                    try add(
                        Self.models, Double(back),
                        [(.feature, "f"), (.model, model), (.organization, name)], to: &batch)
                }
                try addPeople(name, back, to: &batch)
                _ = try await sink.withWriter(for: scope) { writer throws(Failure) in
                    try await writer.write(batch)
                }
            }
        }
    }

    /// Samples of two people, of whom one changes her login, and the other has nothing on one day.
    private func addPeople(_ name: String, _ back: Int, to batch: inout SampleBatch) throws {
        func samples(
            _ labels: [(Label, String)], _ values: [(PeopleMetric, [(Label, String)])]
        )
            throws
        {
            for (place, (metric, own)) in values.enumerated() {
                let all = (labels + own + [(.organization, name)]).sorted { $0.0 < $1.0 }
                try add(metric.rawValue, Double(10 * (place + 1) + back), all, to: &batch)
            }
        }
        try samples(
            [(.userID, "7"), (.userLogin, back > 2 ? "mona" : "mona-new")],
            [
                (.interactions, []), (.generated, []), (.accepted, []), (.linesAdded, []),
                (.interactionsByEditor, [(.ide, "vscode")]),
                (.generatedByEditor, [(.ide, "xcode")]),
                (.interactionsByFeature, [(.feature, "chat")]),
                (.generatedByFeature, [(.feature, "agent \"x\"")]),
            ])
        guard back != 0 else { return }
        try samples([(.userLogin, "hubot")], [(.interactions, []), (.linesAdded, [])])
    }

    private func expectPeople(_ api: QueryAPI, _ acme: OrganizationLogin) async throws {
        let days = Self.newest.advanced(by: -3)...Self.newest
        // The days 3, 1 and 0 before the newest: what came before is not counted.
        var mona = PersonUse(id: "7", login: "mona-new")
        (mona.dayCount, mona.newest) = (3, Self.newest)
        (mona.interactions, mona.generated) = (34, 64)
        (mona.accepted, mona.linesAdded) = (94, 124)
        (mona.editor, mona.feature) = ("xcode", "agent \"x\"")
        var hubot = PersonUse(id: nil, login: "hubot")
        (hubot.dayCount, hubot.newest) = (2, Self.newest.advanced(by: -1))
        (hubot.interactions, hubot.linesAdded) = (24, 44)
        let answer = try await QueriedPeople(api).people(of: acme, days)
        #expect(answer.problems.isEmpty)
        #expect(Set(answer.people) == [mona, hubot])
    }

    private func expectSamples(on backend: Backend) async throws {
        try await write(to: backend)
        let api = QueryAPI(url: backend.url, authorization: nil, transport: backend.http)
        let acme = try #require(OrganizationLogin("acme"))
        let days = Self.newest.advanced(by: -3)...Self.newest
        let expected = [
            SampleSeries(metric: Self.users, labels: [:], values: [23, nil, 21, 20]),
            SampleSeries(
                metric: Self.models, labels: ["feature": "f", "model": "a \"b\" \\ c"],
                values: [3, nil, 1, 0]),
            SampleSeries(
                metric: Self.models, labels: ["feature": "f", "model": "gpt"],
                values: [3, nil, 1, 0]),
        ]
        // A backend may need a moment before it shows what it has accepted.
        var answer = SeriesAnswer(days: days)
        for _ in 0..<100 {
            answer = try await QueriedSamples(api).read(SeriesQuery(acme, days))
            guard answer.series != expected, answer.problems.isEmpty else { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(answer.problems.isEmpty)
        #expect(answer.series == expected)
        try await expectPeople(api, acme)
        let one = try await QueriedSamples(api).read(
            SeriesQuery(acme, days, metrics: [Self.users]))
        #expect(one.series.map(\.metric) == [Self.users])
        let (first, last) = (
            Timestamp(endOf: days.lowerBound), Timestamp(endOf: days.upperBound)
        )
        let steps = try await api.query(
            "sum(last_over_time(\(Self.users)[1h]))", over: first...last, step: .seconds(86_400))
        let points = try #require(steps.first).points
        #expect(points.map(\.value) == [46, 42, 40])
        #expect(points.map(\.time) == [first, last.advanced(by: .seconds(-86_400)), last])
    }

    @Test("reads the samples of Prometheus as they were sent")
    func prometheus() async throws {
        try await Backend.withPrometheus(outOfOrderWindow: "30d") { backend in
            try await expectSamples(on: backend)
        }
    }

    @Test("reads the samples of VictoriaMetrics as they were sent")
    func victoriaMetrics() async throws {
        try await Backend.withVictoriaMetrics(deduplicating: true) { backend in
            try await expectSamples(on: backend)
        }
    }

    @Test("says that a Prometheus in agent mode answers no queries")
    func agent() async throws {
        try await Backend.withPrometheusAgent { backend in
            let sink = try sink(backend)
            let time = Timestamp(endOf: Self.newest)
            // It accepts, so only reading back shows that nothing is kept.
            #expect(try await sink.probe(at: time) == Delivery(accepted: 1))
            let api = QueryAPI(url: backend.url, authorization: nil, transport: backend.http)
            let failure = await #expect(throws: Failure.self) {
                _ = try await api.query(RemoteWriteSink.probeName, at: time)
            }
            #expect(
                failure?.message.contains("unavailable with Prometheus Agent") == true,
                "\(failure?.message ?? "")")
        }
    }
}
