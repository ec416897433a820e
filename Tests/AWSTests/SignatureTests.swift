import CurlHTTP
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

@Suite("Signatures", .timeLimit(.minutes(2)))
struct SignatureTests {
    private static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

    private static func signing(token: String? = nil) -> AWSSigning {
        AWSSigning(
            region: "eu-central-1", service: "dynamodb", keyID: "AKIDEXAMPLE",
            secretKey: Secret(secret), sessionToken: token.map { Secret($0) })
    }

    private static let bodies: [(name: String, body: String, token: String?)] = [
        ("an object", #"{"TableName":"t"}"#, nil),
        ("other letters", #"{"name":"Ä🧭 \u00fc","tab":"\t"}"#, nil),
        ("a session token", "{}", "FwoGZXIvYXdzEJr//////////wEaD+/token==with/signs"),
        ("nothing", "", nil),
        ("more than a megabyte", String(repeating: "0123456789abcdef", count: 100_000), "t"),
    ]

    @Test("match those of botocore for the received requests")
    func recomputed() async throws {
        let server: @Sendable (LoopbackServer.Request) -> [LoopbackServer.Step] = { _ in
            [.reply(200)]
        }
        try await withLoopbackServer(server) { server in
            let transport = CurlTransport()
            for (_, body, token) in Self.bodies {
                let request = HTTPClientRequest(
                    "POST", server.url,
                    fields: [
                        "content-type": "application/x-amz-json-1.0",
                        "x-amz-target": "DynamoDB_20120810.GetItem",
                    ],
                    body: Array(body.utf8), signing: Self.signing(token: token))
                #expect(try await transport.send(request).status == 200)
            }
            let sent = server.requests
            let asked = JSONValue.array(
                sent.map { request in
                    .object([
                        "region": .string("eu-central-1"), "service": .string("dynamodb"),
                        "keyID": .string("AKIDEXAMPLE"), "secretKey": .string(Self.secret),
                        "url": .string("\(server.url)/"),
                        "headers": .object(request.fields.mapValues { .string($0) }),
                        "body": .string(Data(request.body).base64EncodedString()),
                    ])
                })
            let outcome = try await ChildProcess.outcome(
                of: try Repository.python(), ["\(Repository.root)/Tests/AWSTests/resign.py"],
                input: String(decoding: JSON.encode(asked), as: UTF8.self))
            try #require(outcome.status == 0, "\(outcome.errors)")
            let expected = try JSONDecoder().decode(
                [String].self, from: Data(outcome.output.utf8))
            #expect(expected.count == Self.bodies.count)
            for (index, (name, body, token)) in Self.bodies.enumerated() {
                let fields = sent[index].fields
                #expect(fields["authorization"] == expected[index], "\(name)")
                #expect(sent[index].body == Array(body.utf8))
                #expect(fields["x-amz-security-token"] == token)
                let signed = fields["authorization"]?.contains("x-amz-security-token")
                #expect(signed == (token != nil))
                #expect(fields.values.allSatisfy { !$0.contains(Self.secret) })
            }
        }
    }

    @Test(
        "are refused for requests that libcurl signs incorrectly",
        arguments: [
            ("GET", "/"), ("PUT", "/"), ("POST", "/path"), ("POST", "/?a=b"), ("POST", "/?"),
        ])
    func refused(method: String, target: String) async throws {
        let request = HTTPClientRequest(
            method, "http://127.0.0.1:1\(target)", body: [1], signing: Self.signing())
        let failure = await #expect(throws: Failure.self) {
            _ = try await CurlTransport().send(request)
        }
        #expect(failure?.code == .misconfigured)
    }
}
