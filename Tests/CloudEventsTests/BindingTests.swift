import Domain
import Fakes
import Ports
import Testing
import Toolbox

@testable import CloudEvents

/// A sentence of the specification, a message that tests it, and the expected result.
struct Sentence: Sendable, CustomTestStringConvertible {
    enum Expectation: Sendable {
        /// An event with at least these attributes and this data.
        case event([String: String?] = [:], data: String?)
        /// JSON that is not a CloudEvent.
        case bare
        /// An unsupported media type.
        case unsupported
        /// An invalid event. The failure contains the words.
        case refused(String)
    }

    let testDescription: String
    let fields: [(String, String)]
    let body: String
    let expectation: Expectation

    /// A message in the structured mode: the required attributes and `members`.
    static func structured(
        _ sentence: String, _ members: String, type: String = "application/cloudevents+json",
        _ expectation: Expectation
    ) -> Sentence {
        let body = #"{"specversion":"1.0","id":"1","source":"/s","type":"t"\#(members)}"#
        return Sentence(
            testDescription: sentence, fields: [("Content-Type", type)], body: body,
            expectation: expectation)
    }

    /// A message in the structured mode with any body.
    static func document(
        _ sentence: String, _ body: String, _ expectation: Expectation
    ) -> Sentence {
        Sentence(
            testDescription: sentence, fields: [("content-type", "application/cloudevents+json")],
            body: body, expectation: expectation)
    }

    /// A message in the binary mode.
    ///
    /// `changes` replaces header fields; nil removes one.
    static func binary(
        _ sentence: String, _ changes: [String: String?] = [:], body: String = #"{"n":1}"#,
        _ expectation: Expectation
    ) -> Sentence {
        var fields: [String: String?] = [
            "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/s", "ce-type": "t",
            "content-type": "application/json",
        ]
        fields.merge(changes) { $1 }
        return Sentence(
            testDescription: sentence,
            fields: fields.compactMap { name, value in value.map { (name, $0) } }, body: body,
            expectation: expectation)
    }

    static func other(
        _ sentence: String, type: String?, body: String = "{}", _ expectation: Expectation
    ) -> Sentence {
        Sentence(
            testDescription: sentence, fields: type.map { [("content-type", $0)] } ?? [],
            body: body, expectation: expectation)
    }
}

/// CloudEvents 1.0.2: the core, its HTTP protocol binding and its JSON format.
///
/// Section numbers are those of the HTTP protocol binding. Sentences without a number are from the
/// core or the JSON format, or describe this implementation.
@Suite("The HTTP protocol binding of CloudEvents")
struct BindingTests {
    static let modes: [Sentence] = [
        .structured(
            "3.0: a media type that begins with application/cloudevents is the structured mode", "",
            .event(data: nil)),
        .structured(
            "3.0: it is matched case-insensitively", "", type: "Application/CloudEvents+JSON",
            .event(data: nil)),
        .structured(
            "3.2.1: the media type may name its character set", "",
            type: "application/cloudevents+json; charset=UTF-8", .event(data: nil)),
        .structured(
            "JSON is UTF-8", "", type: "application/cloudevents+json; charset=utf-16", .unsupported),
        .structured(
            "3.0: a receiver may reject an event format that it does not know", "",
            type: "application/cloudevents+avro", .unsupported),
        .structured(
            "a structured event names its format", "", type: "application/cloudevents", .unsupported
        ),
        .other(
            "3.0: a batch is recognized by the longer prefix, and is not supported",
            type: "application/cloudevents-batch+json", body: "[]", .unsupported),
        .other(
            "3.0: a batch in any case and any format", type: "APPLICATION/CloudEvents-Batch+xml",
            body: "[]", .unsupported),
        .binary(
            "3.0: any other type, with ce- fields, is the binary mode", [:],
            .event(data: #"{"n":1}"#)),
        .other("JSON without ce- fields is a bare event", type: "application/json", .bare),
        .other("so is any type that is JSON", type: "application/vnd.acme+json", .bare),
        .other(
            "a type that a page of another site may send is not an event",
            type: "application/x-www-form-urlencoded", .unsupported),
        .other("text is not an event", type: "text/plain", .unsupported),
        .other("a body without a type is not an event", type: nil, .unsupported),
        .binary(
            "3.1.3.1: ce-datacontenttype is not allowed",
            ["ce-datacontenttype": "application/json"], .refused("ce-datacontenttype")),
        .binary(
            "3.1.1: datacontenttype is what content-type says", ["content-type": "text/xml; a=b"],
            .event(["datacontenttype": "text/xml; a=b"], data: #"{"n":1}"#)),
        .binary(
            "3.1.1: an event without payload needs no content-type", ["content-type": nil],
            body: "", .event(["datacontenttype": nil], data: nil)),
    ]

    static let attributes: [Sentence] = [
        .binary("id is required", ["ce-id": nil], .refused("id")),
        .binary("id must not be empty", ["ce-id": ""], .refused("id")),
        .binary("source is required", ["ce-source": nil], .refused("source")),
        .binary("source must not be empty", ["ce-source": ""], .refused("source")),
        .binary("source is a URI reference", ["ce-source": "a b"], .refused("source")),
        .binary(
            "source may be any URI reference", ["ce-source": "mailto:cncf@lists.example"],
            .event(["source": "mailto:cncf@lists.example"], data: #"{"n":1}"#)),
        .binary("type is required", ["ce-type": nil], .refused("type")),
        .binary("type must not be empty", ["ce-type": ""], .refused("type")),
        .binary("specversion is required", ["ce-specversion": nil], .refused("specversion")),
        .binary("specversion is 1.0", ["ce-specversion": "0.3"], .refused("specversion")),
        .binary("subject, if there, is not empty", ["ce-subject": ""], .refused("subject")),
        .binary(
            "time is RFC 3339", ["ce-time": "2026-11-22T06:00:00.123456789Z"],
            .event(["time": "2026-11-22T06:00:00.123456789Z"], data: #"{"n":1}"#)),
        .binary(
            "time may have an offset", ["ce-time": "2026-11-22T07:00:00+01:00"],
            .event(data: #"{"n":1}"#)),
        .binary("time is nothing else", ["ce-time": "22.11.2026"], .refused("time")),
        .binary("dataschema is a URI", ["ce-dataschema": "schema"], .refused("dataschema")),
        .binary(
            "dataschema may be a URI", ["ce-dataschema": "https://example.com/s"],
            .event(data: #"{"n":1}"#)),
        .binary(
            "an extension is carried", ["ce-traceparent": "00-1-2-01"],
            .event(["traceparent": "00-1-2-01"], data: #"{"n":1}"#)),
        .binary(
            "3.1.3.2: values are percent-decoded", ["ce-subject": "Euro%20%E2%82%AC"],
            .event(["subject": "Euro €"], data: #"{"n":1}"#)),
        .binary(
            "3.1.3.2: what is not UTF-8 is rejected", ["ce-subject": "%C0%A0"],
            .refused("ce-subject")),
        .binary(
            "names are letters and digits", ["ce-my-extension": "x"], .refused("ce-my-extension")),
        .binary("data is the name of no attribute", ["ce-data": "x"], .refused("ce-data")),
        .binary(
            "3.1.3.1: names are matched in any case", ["CE-Subject": "s"],
            .event(["subject": "s"], data: #"{"n":1}"#)),
        .structured(
            "an attribute that is null is absent", #","subject":null,"e":null"#,
            .event(["subject": nil, "e": nil], data: nil)),
        .structured(
            "an extension may be true or a whole number", #","a":true,"b":-7"#,
            .event(["a": "true", "b": "-7"], data: nil)),
        .structured("a whole number has 32 bits", #","b":2147483648"#, .refused("b")),
        .structured("an extension is not a list", #","b":[]"#, .refused("b")),
        .structured("an extension is not a fraction", #","b":1.5"#, .refused("b")),
        .structured("names are in lower case", #","myExtension":"x""#, .refused("myExtension")),
        .structured("text contains no control characters", #","e":"a\u0000b""#, .refused("e")),
        .structured("time is text", #","time":5"#, .refused("time")),
    ]

    static let payloads: [Sentence] = [
        .structured(
            "data is JSON without datacontenttype", #","data":{"n":1}"#,
            .event(data: #"{"n":1}"#)),
        .structured(
            "data may be any JSON value", #","data":[1,"a",true]"#,
            .event(data: #"[1,"a",true]"#)),
        .structured(
            "data may be null, which is not the same as none", #","data":null"#,
            .event(data: "null")),
        .structured(
            "a JSON string in data is not parsed again", #","data":"{\"n\":1}""#,
            .event(data: #""{\"n\":1}""#)),
        .structured(
            "a JSON type is one that ends with +json",
            #","datacontenttype":"application/x+json","data":{"n":1}"#,
            .event(data: #"{"n":1}"#)),
        .structured(
            "data of another type is a string",
            #","datacontenttype":"text/xml","data":"<much wow=\"xml\"/>""#,
            .event(data: #"<much wow="xml"/>"#)),
        .structured(
            "and nothing else", #","datacontenttype":"text/xml","data":{}"#,
            .refused("data")),
        .structured(
            "data_base64 contains bytes", #","data_base64":"eyJuIjoxfQ==""#,
            .event(data: #"{"n":1}"#)),
        .structured("data_base64 is base64", #","data_base64":"?""#, .refused("data_base64")),
        .structured("data_base64 is text", #","data_base64":7"#, .refused("data_base64")),
        .structured(
            "data and data_base64 are never both present",
            #","data":{},"data_base64":"e30=""#, .refused("data_base64")),
        .document("a document is an object", "[]", .refused("object")),
        .document("a document is JSON", "{", .refused("JSON")),
        .document("an empty document is not an event", "", .refused("JSON")),
        .document(
            "a document has a specversion", #"{"id":"1","source":"/s","type":"t"}"#,
            .refused("specversion")),
        .document(
            "id is text", #"{"specversion":"1.0","id":1,"source":"/s","type":"t"}"#,
            .refused("id")),
        .document(
            "specversion is text", #"{"specversion":1.0,"id":"1","source":"/s","type":"t"}"#,
            .refused("specversion")),
    ]

    @Test("satisfies the specification", arguments: modes + attributes + payloads)
    func sentences(sentence: Sentence) throws {
        let content: EventContent
        do throws(Failure) {
            content = try EventContent.read(
                sentence.fields.map { (name: $0.0, value: $0.1) }, body: Array(sentence.body.utf8))
        } catch {
            guard case .refused(let words) = sentence.expectation else { throw error }
            #expect(error.code == .malformedEvent)
            #expect(error.message.contains(words), "\(error.message)")
            return
        }
        switch (content, sentence.expectation) {
        case (.event(let event), .event(let attributes, let data)):
            for (name, value) in attributes { #expect(event.attributes[name] == value) }
            let bytes = event.data.map { payload in
                switch payload {
                case .bytes(let bytes): bytes
                case .json(let value): JSON.encode(value)
                }
            }
            #expect(bytes.map { String(decoding: $0, as: UTF8.self) } == data)
            #expect(event.id == "1")
            #expect(event.type == "t")
        case (.bare(let body), .bare): #expect(body == Array(sentence.body.utf8))
        case (.unsupported(let words), .unsupported): #expect(!words.isEmpty)
        default: Issue.record("\(content)")
        }
    }

    @Test("refuses a repeated field", arguments: ["ce-id", "content-type", "CE-ID"])
    func twice(name: String) {
        let fields = [
            ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "t"),
            ("content-type", "application/json"), (name, "1"),
        ]
        #expect(throws: Failure.self) {
            try EventContent.read(fields.map { (name: $0.0, value: $0.1) }, body: [])
        }
    }

    @Test(
        "returns data only if its type is JSON",
        arguments: [
            ("application/json", true), ("application/json; charset=utf-8", true),
            ("text/json", true), ("application/cloudevents+x+json", true), ("text/plain", false),
            ("application/jsonp", false), ("json", false),
        ])
    func json(type: String, isJSON: Bool) throws {
        let document = #"""
            {"specversion":"1.0","id":"1","source":"/s","type":"t",
             "datacontenttype":"\#(type)","data_base64":"e30="}
            """#
        let data = try? ReceivedEvent(json: Array(document.utf8)).json()
        #expect((data != nil) == isJSON)
    }
}

@Suite("Arbitrary bytes")
struct FuzzTests {
    @Test("are parsed or refused, and parsed events satisfy the specification", arguments: 0..<8)
    func mutations(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let event = EventMessageTests.event
        for _ in 0..<500 {
            let message = EventMessage(event, Bool.random(using: &random) ? .binary : .structured)
            var fields: EventContent.Fields = message.fields.sorted { $0.key < $1.key }
                .map { (name: $0.key, value: $0.value) }
            var body = message.body
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let byte = UInt8.random(in: 0...255, using: &random)
                if Bool.random(using: &random) {
                    body[Int.random(in: 0..<body.count, using: &random)] = byte
                } else {
                    let index = Int.random(in: 0..<fields.count, using: &random)
                    var value = Array(fields[index].value.utf8)
                    value[Int.random(in: 0..<value.count, using: &random)] = byte
                    fields[index].value = String(decoding: value, as: UTF8.self)
                }
            }
            do throws(Failure) {
                guard case .event(let event) = try EventContent.read(fields, body: body) else {
                    continue
                }
                for (name, value) in event.attributes {
                    #expect(AttributeText.isName(name) && AttributeText.isAllowed(value))
                }
                #expect(!event.id.isEmpty && !event.type.isEmpty)
            } catch {
                #expect(error.code == .malformedEvent)
                // The content may be a secret in the wrong place.
                #expect(error.message.utf8.allSatisfy { 0x20...0x7E ~= $0 }, "\(error.message)")
            }
        }
    }

    @Test("may be deeply nested or very long numbers")
    func extremes() {
        for body in [
            String(repeating: "[", count: 1 << 20), String(repeating: "{\"a\":", count: 1 << 17),
            "{\"specversion\":\(String(repeating: "9", count: 1 << 18))}",
            "{\"specversion\":1e999}",
        ] {
            #expect(throws: Failure.self) {
                try EventContent.read(
                    [(name: "content-type", value: "application/cloudevents+json")],
                    body: Array(body.utf8))
            }
        }
    }
}
