import Domain
import Fakes
import Host
import InMemory
import Logging
import Ports
import Synchronization
import Testing
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The log")
struct LogTests {
    static let time = Timestamp(milliseconds: 1_795_327_200_500)

    /// What a handler wrote for what `body` logged.
    static func lines(
        _ format: LogFormat, level: Logger.Level = .trace, isInColour: Bool = false,
        _ body: (inout Logger) -> Void
    ) -> [String] {
        let written = Written()
        var logger = Logger(label: "test") { _ in
            LineLogHandler(
                logLevel: level, format: format, isInColour: isInColour, clock: ManualClock(time),
                write: { written.append($0) })
        }
        body(&logger)
        #expect(written.lines.allSatisfy { $0.hasSuffix("\n") && !$0.dropLast().contains("\n") })
        return written.lines.map { String($0.dropLast()) }
    }

    @Test("is one JSON object per line, with sorted metadata")
    func json() {
        let lines = Self.lines(.json) { logger in
            logger[metadataKey: "function"] = "onCollectOrg"
            logger.info(
                "done",
                metadata: ["days": ["2026-11-21"], "b": "x", "a": ["k": .stringConvertible(7)]])
        }
        #expect(
            lines == [
                #"{"time":"2026-11-22T06:00:00.500Z","level":"info","message":"done","metadata":"#
                    + #"{"a":{"k":"7"},"b":"x","days":["2026-11-21"],"function":"onCollectOrg"}}"#
            ])
    }

    @Test("is a plain line in text format, in colour only when asked")
    func text() {
        let plain = Self.lines(.text) { $0.warning("slow", metadata: ["b": "2", "a": "1"]) }
        #expect(plain == ["2026-11-22T06:00:00.500Z WARNING slow a=1 b=2"])
        let coloured = Self.lines(.text, isInColour: true) { $0.warning("slow") }
        #expect(coloured == ["2026-11-22T06:00:00.500Z \u{1B}[33mWARNING\u{1B}[0m slow"])
    }

    @Test("omits messages below its level")
    func level() {
        let lines = Self.lines(.text, level: .warning) { logger in
            logger.info("no")
            logger.warning("yes")
            logger[metadataKey: "x"] = "y"
            logger.error("and", metadata: ["x": "z"])
        }
        #expect(lines.count == 2)
        #expect(lines.last?.hasSuffix("ERROR and x=z") == true)
    }

    @Test(
        "keeps each message on one line, whatever it contains",
        arguments: [
            "\n", "\r", "\u{1B}[2J", "\u{7F}", "\u{85}", "\u{9B}31m", "\u{2028}", "\u{202E}",
            "\u{0}",
        ])
    func injection(evil: String) throws {
        let message = "a\(evil)b"
        for format in LogFormat.allCases {
            let lines = Self.lines(format) {
                $0.info("\(message)", metadata: ["k\(evil)": "v\(evil)"])
            }
            #expect(lines.count == 1)
            for scalar in evil.unicodeScalars where !("\u{20}"..."\u{7E}").contains(scalar) {
                #expect(lines.first?.unicodeScalars.contains(scalar) == false)
            }
        }
        // JSON says it in its own spelling, so that a reader gets back what was logged.
        struct Line: Decodable { let message: String }
        let line = try #require(Self.lines(.json) { $0.info("\(message)") }.first)
        #expect(try JSONDecoder().decode(Line.self, from: Data(line.utf8)).message == message)
    }

    @Test(
        "redacts what looks like a secret or an address",
        arguments: [
            ("token ghp_16C7e42F292c6912E7710c838347Ae178B4a.", "token <redacted>"),
            ("gho_a ghu_b ghs_c ghr_d", "<redacted> <redacted> <redacted> <redacted>"),
            ("ghs_APPID_eyJhbGciOi.J9-x_y end", "<redacted> end"),
            ("ghs_ab\u{301}c", "<redacted>\u{301}c"),
            ("github_pat_11AAAAAAA0abcdefg_hijk!", "<redacted>!"),
            ("Authorization: Bearer abc.def-ghi==, x", "Authorization: Bearer <redacted>, x"),
            ("bearer  abc", "bearer  <redacted>"),
            ("Basic dXNlcjpwYXNzd29yZA== x", "Basic <redacted> x"),
            ("jwt eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjF9.c2ln", "jwt <redacted>"),
            (
                "https://x.example/r?se=1&sig=a%2Fb%3D&sv=2 gone",
                "https://x.example/r?se=1&sig=<redacted>&sv=2 gone"
            ),
            ("?X-Amz-Signature=0a1b&X-Amz-Date=2", "?X-Amz-Signature=<redacted>&X-Amz-Date=2"),
            ("?x-amz-security-token=0a1b", "?x-amz-security-token=<redacted>"),
            (
                "/authorize/callback?code=abc&state=def",
                "/authorize/callback?code=<redacted>&state=<redacted>"
            ),
            ("client_secret=abc&grant_type=x", "client_secret=<redacted>&grant_type=x"),
            (
                "a -----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY----- b",
                "a <redacted> b"
            ),
            ("cut -----BEGIN PRIVATE KEY-----\nMIIEvQ", "cut <redacted>"),
            ("mail mona.lisa+x@example.co.uk, hello", "mail <redacted>, hello"),
            ("mail mona@loc", "mail <redacted>"),
            (
                "nothing: exit code=1, gh is fine, signature, @mona, a=b",
                "nothing: exit code=1, gh is fine, signature, @mona, a=b"
            ),
        ])
    func redaction(text: String, shown: String) throws {
        struct Line: Decodable {
            let message: String
            let metadata: [String: [String]]
        }
        let line = try #require(
            Self.lines(.json) { $0.info("\(text)", metadata: ["k": ["\(text)"]]) }.first)
        let decoded = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
        #expect(decoded.message == shown)
        #expect(decoded.metadata == ["k": [shown]])
    }

    @Test("truncates a long text without revealing a secret at the cut")
    func length() {
        let filler = String(repeating: "x ", count: 2_043)
        let line = Self.lines(.text) { $0.info("\(filler)ghs_planted-and-a-lot-more") }.first ?? ""
        #expect(line.hasSuffix("x <redacted>…"))
        #expect(!line.contains("plant"))
    }

    @Test("handles a long word in linear time", .timeLimit(.minutes(5)))
    func longWord() {
        for word in ["a", "a@", "eyJ", "a.", "-----BEGIN A-----", "sig=", "gh"] {
            let text = String(repeating: word, count: 4_096) + " @ = Bearer "
            #expect(Self.lines(.text) { $0.info("\(text)") }.count == 1)
        }
    }

    @Test("names the error of a message")
    func error() {
        let lines = Self.lines(.text) { $0.error("no", error: Failure(.timedOut, "too slow")) }
        #expect(lines.first?.hasSuffix("ERROR no error=timedOut: too slow") == true)
    }
}

/// Lines as a handler wrote them.
final class Written: Sendable {
    private let written = Mutex<[String]>([])

    var lines: [String] { written.withLock { $0 } }

    func append(_ line: String) { written.withLock { $0.append(line) } }
}
