import CloudEvents
import Deployment
import Domain
import Ports
import TestSupport
import Testing
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The official CloudEvents SDK and this project", .timeLimit(.minutes(2)))
struct CloudEventsPeerTests {
    /// Runs a script with the SDK at hand.
    static func python(
        _ script: String, _ arguments: [String] = [], input: String = ""
    )
        async throws -> JSONValue
    {
        let outcome = try await ChildProcess.outcome(
            of: "\(Repository.root)/.build/python/bin/python", ["-c", script] + arguments,
            input: input)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try json(outcome.output)
    }

    static let sending = #"""
        import http.client, json, sys
        from cloudevents.core.bindings import http as binding
        from cloudevents.core.v1.event import CloudEvent

        answers = []
        for content_type in ("application/json", None):
            for pack in (binding.to_binary_event, binding.to_structured_event):
                attributes = {"id": 'Zoë € 😀 "100%"', "source": "/python", "type": "dev.example.ping",
                              "team": "metrics é"}
                if content_type:
                    attributes["datacontenttype"] = content_type
                message = pack(CloudEvent(attributes, {"time": "2026-11-22T06:00:00Z"}))
                connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20)
                connection.request("POST", "/", message.body, message.headers)
                reply = connection.getresponse()
                answers.append([reply.status, reply.read().decode()])
        print(json.dumps(answers))
        """#

    @Test("interoperate: the SDK sends, the host answers")
    func receiving() async throws {
        try await Stage.with { stage in
            try await stage.serving("onDailyTick") { tick in
                let answers = try await Self.python(Self.sending, [String(tick.port)])
                #expect(answers.elements.count == 4)
                for answer in answers.elements {
                    #expect(answer.elements.first == .integer(200), "\(answer)")
                    let result = try json(answer.elements.last?.text ?? "")
                    #expect(result["time"]?.text == "2026-11-22T06:00:00Z")
                }
                let named = tick.process.output.split(separator: "\n")
                    .filter { $0.contains(#"Zoë € 😀 \"100%\""#) }
                #expect(named.count == 4)
            }
        }
    }

    static let reading = #"""
        import base64, json, sys
        from cloudevents.core.bindings import http as binding

        events = []
        for message in json.load(sys.stdin):
            body = base64.b64decode(message["body"])
            event = binding.from_http_event(binding.HTTPMessage(message["fields"], body))
            attributes = {name: value.isoformat() if name == "time" else value
                          for name, value in event.get_attributes().items()}
            events.append({"attributes": attributes, "data": event.get_data()})
        print(json.dumps(events))
        """#

    @Test(
        "interoperate: the publisher sends, the SDK reads the same",
        arguments: EventMessage.Mode.allCases)
    func sending(mode: EventMessage.Mode) async throws {
        struct Message: Encodable {
            let fields: [String: String]
            let body: String
        }
        var event = CollectEvent(
            integration: try #require(IntegrationID("1001-copilot")),
            installation: InstallationID(555),
            organization: try #require(OrganizationLogin("acme")), day: Day(number: 20_777)
        ).cloudEvent(organizationID: 900, time: Timestamp(seconds: 1_795_327_200))
        event.traceparent = HTTPModeTests.trace
        var odd = event
        odd.id = "Zoë € 😀 \"100%\""
        odd.subject = " a\\b "
        let extensions = try EventExtensions(overrides: #"{"extensions":{"team":"metrics é"}}"#)
        let messages = [event, odd].map { event in
            let message = EventMessage(event, mode, extensions: extensions)
            return Message(
                fields: message.fields, body: Data(message.body).base64EncodedString())
        }
        let read = try await Self.python(
            Self.reading, input: String(decoding: JSON.encode(messages), as: UTF8.self))
        for (event, read) in zip([event, odd], read.elements) {
            let attributes = read["attributes"]
            #expect(attributes?["id"]?.text == event.id)
            #expect(attributes?["source"]?.text == "copilot-usage")
            #expect(attributes?["type"]?.text == "copilot-usage.collect")
            #expect(attributes?["specversion"]?.text == "1.0")
            #expect(attributes?["subject"]?.text == event.subject)
            #expect(attributes?["time"]?.text == "2026-11-22T06:00:00+00:00")
            #expect(attributes?["datacontenttype"]?.text == "application/json")
            #expect(attributes?["traceparent"]?.text == HTTPModeTests.trace)
            #expect(attributes?["team"]?.text == "metrics é")
            #expect(read["data"] == event.data)
        }
        #expect(read.elements.count == 2)
    }
}
