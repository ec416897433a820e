import Domain
import Testing
import Toolbox

@Suite("A stored value")
struct StoredTests {
    private struct Value: Codable, Equatable {
        var name: String
    }

    private func key(_ text: String) throws -> StoreKey { try #require(StoreKey(text)) }

    @Test("names the version of its format, and is read with and without it")
    func version() throws {
        let key = try key("tick/last")
        let bytes = Stored.encode(Value(name: "a"), for: key)
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"name":"a","version":1}"#)
        #expect(Stored.version(of: bytes) == 1)
        for text in [#"{"name":"a","version":1}"#, #"{"name":"a"}"#, #"{"version":0,"name":"a"}"#] {
            let value = try Stored.decode(Value.self, from: Array(text.utf8), at: key)
            #expect(value == Value(name: "a"))
        }
        #expect(Stored.withoutVersion(bytes) == Array(#"{"name":"a"}"#.utf8))
    }

    @Test("of bytes has the version in front")
    func bytes() throws {
        let key = try key("imprint/x")
        let stored = Stored.encode(bytes: [0, 255, 46], for: key)
        #expect(Stored.version(of: stored) == 1)
        #expect(Array(try Stored.bytes(of: stored, at: key)) == [0, 255, 46])
        #expect(Array(try Stored.bytes(of: Array("ab.c".utf8), at: key)) == Array("ab.c".utf8))
    }

    @Test(
        "of a later version is refused before it is decoded",
        arguments: [#"{"version": 2}"#, #"{"name": 5, "version": 9}"#])
    func later(text: String) throws {
        let key = try key("manifest/9-a/1/2026-11-21")
        let failure = #expect(throws: Failure.self) {
            try Stored.decode(Value.self, from: Array(text.utf8), at: key)
        }
        #expect(failure?.code == .newerFormat)
        #expect(throws: Failure.self) { try Stored.check(Array(text.utf8), at: key) }
    }

    @Test("that is not one is damaged", arguments: ["", "{", "[]", "5", #"{"version": "x"}"#])
    func damaged(text: String) throws {
        let key = try key("tick/last")
        let failure = #expect(throws: Failure.self) {
            try Stored.decode(Value.self, from: Array(text.utf8), at: key)
        }
        #expect(failure?.code == .unreadableState)
    }
}
