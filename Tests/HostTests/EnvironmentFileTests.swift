import Deployment
import Domain
import Host
import Ports
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("A file of variables")
struct EnvironmentFileTests {
    @Test(
        "is read as shells and container tools read it",
        arguments: [
            ("", [:]),
            ("A=1", ["A": "1"]),
            ("A=1\nB=2\n", ["A": "1", "B": "2"]),
            ("A=1\r\nB=2\r\n", ["A": "1", "B": "2"]),
            ("\u{FEFF}A=1", ["A": "1"]),
            ("# comment\n\n  # another\nA=1", ["A": "1"]),
            ("export A=1", ["A": "1"]),
            ("export=1", ["export": "1"]),
            ("  A=1  ", ["A": "1"]),
            ("A= 1", ["A": "1"]),
            ("A=", ["A": ""]),
            ("A=1\nA=2", ["A": "2"]),
            ("A=b=c==", ["A": "b=c=="]),
            ("A=two words # comment", ["A": "two words"]),
            ("A=x#y", ["A": "x#y"]),
            ("A=# comment", ["A": ""]),
            ("A='as # it \\n stands'", ["A": "as # it \\n stands"]),
            (#"A="one\ntwo\t\"three\" \\ \$4""#, ["A": "one\ntwo\t\"three\" \\ $4"]),
            ("A=\"x\" # comment", ["A": "x"]),
            ("A=\"$HOME ${B}\"", ["A": "$HOME ${B}"]),
            (
                "KEY=\"-----BEGIN-----\r\nabc=\r\n-----END-----\r\n\"\nB=2",
                ["KEY": "-----BEGIN-----\nabc=\n-----END-----\n", "B": "2"]
            ),
            ("A='it''s'", nil),
        ] as [(String, [String: String]?)])
    func values(text: String, expected: [String: String]?) {
        #expect((try? EnvironmentFile.variables(in: text, of: ".env")) == expected)
    }

    @Test(
        "is rejected with the line and the fix, never with its content",
        arguments: [
            ("A=1\nhunter2\n", [".env, line 2: expected = directly after the name"]),
            ("A =1", [".env, line 1: expected = directly after the name"]),
            ("1A=1", [".env, line 1: expected NAME=value, or a comment that begins with #"]),
            ("=1", [".env, line 1: expected NAME=value, or a comment that begins with #"]),
            ("A='x' y", [".env, line 1: unexpected text after the closing quote"]),
            ("A=\"\\q\"", [".env, line 1: unknown escape sequence; write \\\\ for a backslash"]),
            (
                "A=1\n\nB=\"x\nC=2\nD=3",
                [".env, line 3: the opening quote has no closing quote"]
            ),
            (
                "A 1\nB='x\ny' z\nC",
                [
                    ".env, line 1: expected = directly after the name",
                    ".env, line 2: unexpected text after the closing quote",
                    ".env, line 4: expected = directly after the name",
                ]
            ),
        ])
    func refusals(text: String, lines: [String]) {
        let failure = #expect(throws: Failure.self) {
            try EnvironmentFile.variables(in: text, of: ".env")
        }
        #expect(failure?.code == .misconfigured)
        #expect(failure?.message == lines.joined(separator: "\n"))
    }

    @Test("makes paths absolute that are relative to it, in every variable that has some")
    func paths() async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/app.env"
            let text = """
                STATE_STORE=file:./state
                EVENT_BUS=file:../bus
                METRICS_SINK="file:metrics remote-write:https://a.example/write file:/absolute"
                GITHUB_APP_PRIVATE_KEY_FILE=./keys/app.pem
                CURL_CA_BUNDLE=/etc/ca.pem
                SSL_CERT_FILE=ca.pem
                AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=token
                APPLICATION_NAME=./stays
                """
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            let above = folder.split(separator: "/").dropLast().map { "/\($0)" }.joined()
            #expect(
                try EnvironmentFile.read(file) == [
                    "STATE_STORE": "file:\(folder)/state", "EVENT_BUS": "file:\(above)/bus",
                    "METRICS_SINK":
                        "file:\(folder)/metrics remote-write:https://a.example/write file:/absolute",
                    "GITHUB_APP_PRIVATE_KEY_FILE": "\(folder)/keys/app.pem",
                    "CURL_CA_BUNDLE": "/etc/ca.pem", "SSL_CERT_FILE": "\(folder)/ca.pem",
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "\(folder)/token",
                    "APPLICATION_NAME": "./stays",
                ])
        }
    }

    @Test(
        "leaves everything else as it is",
        arguments: [
            ("STATE_STORE", "memory"), ("STATE_STORE", "postgres://a/b"),
            ("STATE_STORE", "file:"), ("EVENT_BUS", "sqs:https://a.example/1/q"),
            ("METRICS_SINK", "coralogix:eu2"), ("METRICS_SINK", "prometheus"),
            ("GITHUB_APP_PRIVATE_KEY_FILE", "/a/b.pem"), ("GITHUB_APP_PRIVATE_KEY_FILE", ""),
            ("SSL_CERT_FILE", "/a/./b"),
        ])
    func others(name: String, value: String) {
        #expect(EnvironmentFile.resolve([name: value], in: "/folder") == [name: value])
    }

    @Test("that does not exist is named")
    func absent() {
        let failure = #expect(throws: Failure.self) {
            try EnvironmentFile.read("/nowhere/.env")
        }
        #expect(failure?.code == .misconfigured)
        #expect(failure?.message.contains("Cannot read --env-file /nowhere/.env") == true)
    }
}
