import CloudEvents
import Deployment
import Domain
import GitHubSimulator
import Ports
import Synchronization
import TestSupport
import Testing

@Suite("The function host over HTTP, as it is deployed", .timeLimit(.minutes(5)))
struct HTTPModeTests {
    static let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test(
        "authorizes in a browser, ticks on a scheduler's event, and collects events from a broker")
    func broker() async throws {
        try await Stage.with { stage in
            let (status, page) = try await stage.authorizeOverHTTP()
            #expect(status == 200)
            #expect(page.contains("acme"))

            let broker = Broker()
            try await withLoopbackServer({ [broker.take($0)] }) { server in
                let sink = [
                    "K_SINK": server.url, "K_CE_OVERRIDES": #"{"extensions":{"team":"metrics"}}"#,
                ]
                try await stage.serving("onDailyTick", with: sink) { tick in
                    let ping = [
                        "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/apis/v1/namespaces/x",
                        "ce-type": "dev.knative.sources.ping", "traceparent": Self.trace,
                    ]
                    let answer = try await tick.post(ping)
                    #expect(answer.status == 200, "\(answer.text)")
                    #expect(try json(answer.text)["events"]?.elements.count == 6)
                    // The same tick again gives the same events.
                    #expect(try await tick.post(ping).status == 200)
                    #expect(tick.process.output.contains("0af7651916cd43dd8448eb211c80319c"))
                }
            }
            #expect(broker.events.count == 12)
            #expect(Set(broker.events.map(\.id)).count == 6)
            for event in broker.events {
                #expect(event.type == "copilot-usage.collect")
                #expect(event.attributes["team"] == "metrics")
                #expect(event.attributes["traceparent"] == Self.trace)
            }

            // Every event twice, and all of them at once.
            try await stage.serving("onCollectOrg") { collector in
                let answers = try await withThrowingTaskGroup(of: [Int].self) { group in
                    for event in broker.events {
                        group.addTask {
                            try await Broker.deliver(event, to: collector).map(\.status)
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.allSatisfy { $0.last == 204 }, "\(answers)")
                #expect(Set(answers.joined()).isSubset(of: [204, 409]), "\(answers)")
            }
            #expect(try stage.samples().count == 6)
            #expect(stage.github.violations.isEmpty)
        }
    }

    @Test("sends events directly to another instance, which collects before the tick is answered")
    func chain() async throws {
        try await Stage.with { stage in
            try await stage.connect()
            try await stage.serving("onCollectOrg") { collector in
                let bus = ["EVENT_BUS": "http:\(collector.url)/"]
                let event = try await stage.serving("onDailyTick", with: bus) { tick in
                    let answer = try await tick.post("{}")
                    #expect(answer.status == 200, "\(answer.text)")
                    return try json(answer.text)["events"]?.elements
                        .first { $0["data"]?["day"]?.text == Stage.yesterday.description }
                }
                let again = try await collector.post(
                    ["content-type": "application/cloudevents+json"],
                    String(decoding: try encoded(try #require(event)), as: UTF8.self))
                #expect(again.status == 200)
                #expect(
                    try json(again.text)["sources"]?["organization-1-day"]?["outcome"]?.text
                        == "unchanged", "\(again.text)")
            }
            #expect(try stage.samples().count == 6)
            #expect(stage.github.violations.isEmpty)
        }
    }

    @Test(
        "answers 503 when follow-up events cannot be published, and publishes them on the next try")
    func sinkThatFails() async throws {
        try await Stage.with { stage in
            try await stage.connect()
            let broker = Broker()
            let nowhere = "http://127.0.0.1:\(try freePort())"
            try await stage.serving("onDailyTick", with: ["K_SINK": nowhere]) { tick in
                let answer = try await tick.post("{}")
                #expect(answer.status == 503)
                #expect(answer.fields["retry-after"] != nil)
                #expect(answer.text.contains("could not be published"), "\(answer.text)")
            }
            // One connection breaks, one event is put off: all of them pass in the end.
            let requests = Mutex(0)
            try await withLoopbackServer({ request in
                let number = requests.withLock { number in
                    number += 1
                    return number
                }
                return switch number {
                case 1: [.reset]
                case 2: [.reply(503, ["retry-after": "0"])]
                default: [broker.take(request)]
                }
            }) { server in
                try await stage.serving("onDailyTick", with: ["K_SINK": server.url]) { tick in
                    let answer = try await tick.post("{}")
                    #expect(answer.status == 200, "\(answer.text)")
                }
            }
            #expect(Set(broker.events.map(\.id)).count == 6)
        }
    }

    @Test("finishes running requests on SIGTERM, and accepts no new ones")
    func termination() async throws {
        try await Stage.with { stage in
            try await stage.connect()
            let (reached, gate) = (Gate(), Gate())
            try await withLoopbackServer({ _ in [.open(reached), .wait(gate), .reply(202)] }) {
                server in
                try await stage.serving("onDailyTick", with: ["K_SINK": server.url]) { tick in
                    async let answer = tick.post("{}")
                    try await reached.opened()
                    tick.process.terminate()
                    try await tick.process.wait(for: "closing its port") {
                        (try? await PlainHTTP.exchange(
                            "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
                            with: tick.port)) == nil
                    }
                    #expect(!tick.process.hasEnded)
                    gate.open()
                    let reply = try await answer
                    #expect(reply.status == 200, "\(reply.text)")
                    #expect(try json(reply.text)["events"]?.elements.count == 6)
                    try await tick.process.waitForEnd()
                    #expect(tick.process.output.contains("what was begun is finished"))
                }
            }
        }
    }

    @Test("requires the setup token to begin an authorization")
    func setupToken() async throws {
        try await Stage.with { stage in
            let site =
                [
                    "PUBLIC_URL": "https://copilot.example.com",
                    "SETUP_TOKEN": "planted-setup-token-4711",
                ] as [String: String?]
            try await stage.serving("onAuthorizeCallback", with: site) { host in
                let closed = try await Stage.get("\(host.url)/authorize")
                #expect(closed.status == 401)
                #expect(closed.fields["www-authenticate"]?.hasPrefix("Basic") == true)
                #expect(try await Stage.get("\(host.url)/authorize?token=wrong").status == 401)
                let open = try await Stage.get(
                    "\(host.url)/authorize?token=planted-setup-token-4711")
                #expect(open.status == 302)
                let cookie = try #require(open.fields["set-cookie"])
                #expect(cookie.hasPrefix("__Host-"))
                #expect(cookie.contains("Secure"))
                #expect(!host.process.output.contains("planted-setup-token"))
            }
        }
    }

    @Test("does not start with missing or wrong settings, and names them")
    func refusesToStart() async throws {
        try await Stage.with { stage in
            try await withLoopbackServer({ _ in [.close] }) { server in
                let cases: [(String, [String: String?], String)] = [
                    ("onAuthorize", ["PUBLIC_URL": "https://copilot.example.com"], "SETUP_TOKEN"),
                    // It listens on every address, whatever PUBLIC_URL says.
                    ("onAuthorize", [:], "SETUP_TOKEN"),
                    ("onAuthorizeCallback", [:], "SETUP_TOKEN"),
                    (
                        "onAuthorizeCallback", ["PUBLIC_URL": "http://copilot.example.com"],
                        "PUBLIC_URL"
                    ),
                    ("onDailyTick", ["PORT": "eighty"], "PORT"),
                    ("onDailyTick", ["PORT": "70000"], "PORT"),
                    ("onDailyTick", ["PORT": String(server.port)], "PORT \(server.port)"),
                    ("onDailyTick", ["K_CE_OVERRIDES": "team"], "K_CE_OVERRIDES"),
                    ("onDailyTick", ["EVENT_BUS": nil, "K_SINK": "broker"], "K_SINK"),
                    ("onCollectOrg", ["METRICS_SINK": nil], "METRICS_SINK"),
                ]
                for (name, changes, word) in cases {
                    let outcome = try await ChildProcess.outcome(
                        of: BuiltProgram.functions, [name],
                        environment: stage.environment.merging(changes) { $1 }, in: stage.folder)
                    #expect(outcome.status == 2, "\(word): \(outcome.errors)")
                    #expect(outcome.errors.contains(word), "\(word): \(outcome.errors)")
                }
            }
        }
    }
}
