import Domain
import Testing
import Toolbox

@Suite("A web address")
struct AddressTests {
    @Test(
        "is on loopback if its host is always this machine",
        arguments: [
            ("localhost", true), ("127.0.0.1", true), ("127.0.0.2", true),
            ("127.255.255.254", true),
            ("[::1]", true), ("::1", true), ("[0:0:0:0:0:0:0:1]", true),
            ("128.0.0.1", false), ("0.0.0.0", false), ("[::]", false),
            ("[::ffff:127.0.0.1]", false),
            ("127.1", false), ("127.0.0.1.example", false), ("localhost.example", false),
            ("[localhost]", false), ("example", false), ("", false),
        ])
    func loopback(host: String, expected: Bool) {
        #expect(IPAddress.isLoopback(host: host) == expected)
    }

    @Test(
        "is on loopback with and without a port",
        arguments: ["http://127.0.0.2:8080", "http://LOCALHOST", "https://[::1]:1/a"])
    func origin(url: String) throws {
        #expect(try #require(Origin(url)).isLoopback)
    }

    @Test(
        "may be plain http on loopback only",
        arguments: [
            ("https://a.example", "https://a.example"),
            ("https://a.example/b/", "https://a.example/b"),
            ("http://127.0.0.2:8080", "http://127.0.0.2:8080"), ("http://a.example", nil),
            ("https://a.example/?q", nil), ("https://a.example#f", nil), ("ftp://localhost", nil),
            ("https://user@a.example", nil), ("https://a.example\\@b.example", nil),
        ] as [(String, String?)])
    func base(text: String, expected: String?) {
        #expect((try? Origin.base(text, "VARIABLE")) == expected)
    }

    @Test(
        "is an IP address only in its standard form",
        arguments: [
            ("192.0.2.1", .v4(0xC000_0201)), ("2001:db8::1", .v6(0x2001_0DB8 << 96 | 1)),
            ("192.0.2", nil), ("192.0.2.01x", nil), ("[::1]", nil), ("", nil),
        ] as [(String, IPAddress?)])
    func parsing(text: String, expected: IPAddress?) {
        #expect(IPAddress(text) == expected)
    }
}

@Suite("Text")
struct TextTests {
    @Test(
        "is trimmed at both ends",
        arguments: [(" a b\n", "a b"), ("", ""), ("  ", ""), ("a", "a")])
    func trimmed(text: String, expected: String) {
        #expect(text.trimmed() == expected)
    }

    @Test("is trimmed of chosen characters")
    func trimmedSlashes() {
        #expect("/a//".trimmed { $0 == "/" } == "a")
    }

    @Test(
        "is broken into lines between words",
        arguments: [
            ("", []), ("one", ["  one"]), ("one two three", ["  one two", "  three"]),
            ("a\nb", ["  a b"]), ("overlongword x", ["  overlongword", "  x"]),
        ] as [(String, [String])])
    func wrapped(text: String, lines: [String]) {
        #expect(text.wrapped(width: 9, indent: "  ") == lines)
    }
}
