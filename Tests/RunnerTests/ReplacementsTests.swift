import Testing

@testable import Runner

@Suite("Replacing many texts at once")
struct ReplacementsTests {
    func replaced(_ text: String, _ pairs: [(String, String)]) -> String {
        var replacements = Replacements()
        for (text, replacement) in pairs {
            replacements.add(Array(text.utf8), Array(replacement.utf8))
        }
        return String(decoding: replacements.applied(to: Array(text.utf8)), as: UTF8.self)
    }

    @Test(
        "replaces each text, the longest first",
        arguments: [
            ("", ""), ("short", "short"), ("abcdefgh", "1"), ("xabcdefghy", "x1y"),
            ("abcdefghi", "2"), ("abcdefghabcdefghi", "12"), ("abcdefgabcdefgh", "abcdefg1"),
            ("aabcdefgh", "a1"), ("ijklmnop abcdefgh", "3 1"), ("abcdefg", "abcdefg"),
            ("abcdefghijklmnop", "2jklmnop"),
        ])
    func table(text: String, expected: String) {
        let pairs = [("abcdefgh", "1"), ("abcdefghi", "2"), ("ijklmnop", "3")]
        #expect(replaced(text, pairs) == expected)
    }

    @Test(
        "recognizes tokens, and keeps words",
        arguments: [
            ("token ghs_0123456789abcdefghij.", "token redacted"),
            ("\"ghu_0123456789abcdefghij\"", "\"redacted\""), ("ghs_short", "ghs_short"),
            ("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxIn0.c2ln&x", "redacted&x"),
            ("", ""), ("a b", "a b"), ("xghs_0123456789abcdefghij", "xghs_0123456789abcdefghij"),
        ])
    func tokens(text: String, expected: String) {
        let cleaned = TokenShape.remove(from: Array(text.utf8))
        #expect(String(decoding: cleaned, as: UTF8.self) == expected)
    }
}
