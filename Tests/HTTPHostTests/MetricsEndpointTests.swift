import Domain
import Fakes
import InMemory
import Ports
import SystemClock
import TestSupport
import Testing
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("GET /metrics", .serialized, .timeLimit(.minutes(3)))
struct MetricsEndpointTests {
    static let token = "planted-setup-token"
    static let password = ["authorization": "Basic " + Data(":\(token)".utf8).base64EncodedString()]

    /// A store with one organization, whose newest day is not there yet and whose bill is refused.
    static func store() async throws -> MemoryStore {
        let store = MemoryStore(clock: SystemClock())
        let id = try #require(IntegrationID("9-copilot"))
        let installation = InstallationID(555)
        let integration = #"""
            {"authorizedAt":"2026-11-01T00:00:00Z","id":"9-copilot","name":"copilot",
            "organizations":[],"tags":{"application":"copilot"},"user":{"id":9,"login":"ola"}}
            """#
        try await store.put(Array(integration.utf8), for: .integration(id), if: .absent)
        let (today, day) = (try #require(Day("2026-11-22")), try #require(Day("2026-11-21")))
        var known = KnownDaysText(since: today.advanced(by: -40))
        known.note(day.advanced(by: -1), "f")
        known.note(day, "o")
        try await store.put(
            Array(known.json.utf8), for: .knownDays(id, installation), if: .absent)
        let manifest = Manifest(
            event: CollectEvent(
                integration: id, installation: installation,
                organization: try #require(OrganizationLogin("acme")), day: day),
            sources: [
                .organization: SourceResult(.notReady, reason: "not yet"),
                .billing: SourceResult(.noPermission, reason: "refused"),
            ], final: false, readAt: Timestamp(startOf: today))
        try await store.put(
            JSON.encode(manifest), for: .manifest(id, installation, day), if: .absent)
        let problem = Problem(
            .source, "source/9-copilot/555/billing", integration: "9-copilot",
            organization: "acme", source: "billing", outcome: "no-permission", days: [day],
            text: "refused", at: Timestamp(startOf: today))
        try await store.put(
            JSON.encode(ProblemList([problem])), for: .problems(id, installation), if: .absent)
        return store
    }

    @Test("needs the setup token where there is one, and is OpenMetrics text")
    func token() async throws {
        try await Hosted.serving(
            .onAuthorize, store: try await Self.store(), setupToken: Self.token
        ) { host in
            #expect(try await host.send("GET", "/metrics").status == 401)
            #expect(try await host.send("GET", "/metrics?token=wrong").status == 401)
            let reply = try await host.send("GET", "/metrics", Self.password)
            #expect(reply.status == 200)
            #expect(
                reply.fields["content-type"]
                    == "application/openmetrics-text; version=1.0.0; charset=utf-8")
            #expect(reply.text.hasSuffix("# EOF\n"))
            for line in [
                #"copilot_usage_collector_newest_day_outcome{organization="acme",outcome="not-ready",source="organization-1-day"} 1"#,
                #"copilot_usage_collector_newest_day_outcome{organization="acme",outcome="written",source="organization-1-day"} 0"#,
                #"copilot_usage_collector_attention{organization="acme",outcome="no-permission",source="billing"} 1"#,
                #"copilot_usage_collector_problems{kind="source",level="problem"} 1"#,
                #"copilot_usage_collector_newest_final_day_timestamp_seconds{organization="acme"} 1795219199"#,
                #"copilot_usage_collector_newest_day_timestamp_seconds{organization="acme"} 1795305599"#,
                #"copilot_usage_collector_open_collections{organization="acme"} 1"#,
                "copilot_usage_collector_organizations 1", "copilot_usage_collector_state_up 1",
                #"copilot_usage_collector_build_info{program="copilot-functions",version="\#(ProductVersion.current)"} 1"#,
                "# UNIT process_start_time_seconds seconds",
                "# HELP \(Catalogue.metrics[0].name) \(Catalogue.metrics[0].help)",
            ] {
                #expect(reply.text.contains("\n\(line)\n"), "\(line)")
            }
        }
    }

    @Test("names no organization where anyone may ask, and takes GET only")
    func open() async throws {
        try await Hosted.serving(.onCollectOrg, store: try await Self.store()) { host in
            let reply = try await host.send("GET", "/metrics")
            #expect(reply.status == 200)
            #expect(!reply.text.contains("acme"))
            #expect(reply.text.contains(#"problems{kind="source",level="problem"} 1"#))
            #expect(try await host.send("POST", "/metrics").status == 405)
        }
    }

    @Test("tells that the state cannot be read")
    func down() async throws {
        let down = DownStore(store: MemoryStore(clock: SystemClock()))
        try await Hosted.serving(.onCollectOrg, store: down) { host in
            let reply = try await host.send("GET", "/metrics")
            #expect(reply.status == 200)
            #expect(reply.text.contains("copilot_usage_collector_state_up 0"))
        }
    }

    @Test("passes promtool check metrics, and a real Prometheus scrapes it with all help texts")
    func prometheus() async throws {
        try await Hosted.serving(
            .onAuthorize, store: try await Self.store(), setupToken: Self.token
        ) { host in
            let text = try await host.send("GET", "/metrics", Self.password).text
            try await withTemporaryFolder { folder in
                try Data(text.utf8).write(to: URL(filePath: "\(folder)/metrics"))
                let checked = try await ChildProcess.outcome(
                    of: "sh", ["-c", "promtool check metrics < \(folder)/metrics"])
                #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
            }
            let scrape = """
                scrape_configs:
                  - job_name: copilot-usage
                    scrape_interval: 1s
                    basic_auth: {username: prometheus, password: \(Self.token)}
                    static_configs: [{targets: ["127.0.0.1:\(host.port)"]}]
                """
            try await Backend.withPrometheus(outOfOrderWindow: nil, configuration: scrape) {
                server in
                try await server.wait(for: "up == 1")
                try await server.wait(
                    for: #"copilot_usage_collector_newest_day_outcome{outcome="not-ready"} == 1"#)
                try await server.wait(for: "process_open_fds > 0")
                try await server.wait(for: "process_resident_memory_bytes > 1e6")
                let reply = try await server.http.send(
                    HTTPClientRequest("GET", "\(server.url)/api/v1/metadata"))
                let document = try JSON.decode(
                    JSONValue.self, from: try await reply.body.bytes(), at: "metadata")
                // Also of the metrics that have no sample here.
                for metric in Catalogue.every {
                    guard case .array(let entries)? = document["data"]?[metric.name] else {
                        Issue.record("no metadata of \(metric.name)")
                        continue
                    }
                    #expect(entries.first?["help"]?.text == metric.help)
                }
            }
        }
    }
}

/// A store that lists nothing.
private struct DownStore: StoreWrapper {
    let store: MemoryStore

    func keys(
        prefix: String, after cursor: StoreKey?, limit: Int
    ) async throws(Failure) -> [StoreKey] {
        throw Failure(.unavailable, "the database is down")
    }
}

/// The value of a `days/…` entry.
struct KnownDaysText {
    private let since: Day
    private var letters: [Character] = []

    init(since: Day) { self.since = since }

    mutating func note(_ day: Day, _ letter: Character) {
        let offset = since.distance(to: day)
        while letters.count <= offset { letters.append("-") }
        letters[offset] = letter
    }

    var json: String { #"{"since":"\#(since)","days":"\#(String(letters))"}"# }
}
