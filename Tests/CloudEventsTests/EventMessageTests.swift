import CloudEvents
import Domain
import Ports
import Testing

@Suite("A published CloudEvent")
struct EventMessageTests {
    static let event = {
        var event = CloudEvent(
            id: "collect/1-x/7/Zoë \"%\" 😀", type: .collect, subject: "acme/2026-11-21",
            time: Timestamp(milliseconds: 1_795_327_200_250),
            data: .object(["n": .integer(1), "t": .string("\u{0}é")]))
        event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        return event
    }()

    @Test("survives a round trip in both modes", arguments: EventMessage.Mode.allCases)
    func roundTrip(mode: EventMessage.Mode) throws {
        let extensions = try EventExtensions(
            overrides: #"{"extensions":{"team":"metrics é","traceparent":"mine"}}"#)
        let message = EventMessage(Self.event, mode, extensions: extensions)
        let content = try EventContent.read(
            message.fields.map { (name: $0.key, value: $0.value) }, body: message.body)
        guard case .event(let event) = content else {
            Issue.record("\(content)")
            return
        }
        #expect(
            event.attributes == [
                "specversion": "1.0", "id": Self.event.id, "source": "copilot-usage",
                "type": "copilot-usage.collect", "subject": "acme/2026-11-21",
                "time": "2026-11-22T06:00:00.250Z", "datacontenttype": "application/json",
                "team": "metrics é", "traceparent": "mine",
            ])
        #expect(try event.json() == Self.event.data)
        #expect(message.fields["ce-datacontenttype"] == nil)
        #expect((message.fields["ce-id"] != nil) == (mode == .binary))
    }

    @Test(
        "refuses invalid overrides",
        arguments: [
            "", "[]", #"{"extensions":{"a":1}}"#, #"{"extensions":{"my-name":"x"}}"#,
            #"{"extensions":{"id":"x"}}"#, #"{"extensions":{"a":""}}"#,
            #"{"extensions":{"data":"x"}}"#, #"{"extensions":{"a":"\u0001"}}"#,
        ])
    func overrides(text: String) {
        let error = #expect(throws: Failure.self) { try EventExtensions(overrides: text) }
        #expect(error?.code == .misconfigured)
        #expect(error?.message.contains("K_CE_OVERRIDES") == true)
    }

    @Test("may have no overrides", arguments: ["{}", #"{"extensions":{}}"#, #"{"x":1}"#])
    func noOverrides(text: String) throws {
        #expect(try EventExtensions(overrides: text) == .none)
    }

    @Test(
        "belongs to a trace only if the field is valid",
        arguments: [
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true),
            ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what", true),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what", false),
            ("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false),
            ("00-00000000000000000000000000000000-b7ad6b7169203331-01", false),
            ("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false),
            ("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", false),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333-01", false),
            ("00-0af7651916cd43dd8448eb211c80319c", false), ("", false),
        ])
    func trace(text: String, isTrace: Bool) {
        #expect((TraceParent(text) != nil) == isTrace)
    }
}
