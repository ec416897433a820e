import Testing
import Toolbox

@Suite("A form")
struct FormTests {
    @Test(
        "parses any text",
        arguments: [
            ("", [:]), ("a=1&b=2", ["a": "1", "b": "2"]), ("a=1&a=2", ["a": "1"]),
            ("a=x%2Cy,z", ["a": "x,y,z"]), ("a=b%20c+d%2B", ["a": "b c d+"]),
            ("a", ["a": ""]), ("a=&=b&&", ["a": "", "": "b"]), ("a=1=2", ["a": "1=2"]),
            ("n=%C3%A4%F0%9F%A7%AD", ["n": "ä🧭"]), ("a=%FF", ["a": "\u{FFFD}"]),
            (
                "a=100%&b=%zz&c=%+1&d=%4&e=%-0",
                ["a": "100%", "b": "%zz", "c": "% 1", "d": "%4", "e": "%-0"]
            ),
        ] as [(String, [String: String])])
    func parsing(text: String, fields: [String: String]) {
        #expect(Form(text).first == fields)
    }

    @Test("keeps order and repetitions, and finds values by name")
    func access() {
        let form = Form("b=2&a=1&b=3&c=")
        #expect(form.fields.map(\.name) == ["b", "a", "b", "c"])
        #expect(form["b"] == "2")
        #expect(form.all("b") == ["2", "3"])
        #expect(form["c"] == nil)
        #expect(form["d"] == nil)
    }

    @Test(
        "survives a round trip",
        arguments: [
            "plain", "a b", "a+b", "a&b=c", "100%", "%41", "https://usage.example/a?b=c#d", "ä🧭",
            "line\nbreak", "", ";,/:@",
        ])
    func roundTrip(text: String) {
        let form = Form(Form([(text, text), ("end", "1")]).encoded)
        #expect(form.fields.map(\.name) == [text, "end"])
        #expect(form.fields.map(\.value) == [text, "1"])
    }

    @Test("is encoded in ASCII, with a space as %20 and a plus sign as %2B")
    func writing() {
        #expect(Form([("a b", "c+d"), ("ä", "&")]).encoded == "a%20b=c%2Bd&%C3%A4=%26")
        #expect(Form([]).encoded == "")
    }
}
