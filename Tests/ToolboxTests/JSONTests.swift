import Domain
import Fakes
import Testing
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("JSON from outside")
struct JSONTests {
    @Test(
        "is read as Foundation reads it",
        arguments: [
            "null", "true", "false", "0", "-0", "-0.0", "7.0", "1e3", "1e-3", "0.1", "1.5e300",
            "5e-324",
            "9223372036854775807", "-9223372036854775808", "9223372036854775808",
            "18446744073709551615", "18446744073709551616", "-9223372036854777000", "1e400",
            "[9223372036854775807,18446744073709551616]", "00000000000000000000000000001",
            "--99999999999999999999", #"{"99999999999999999999":"99999999999999999999\""}"#,
            "123456789012345678901234567890", "9007199254740993", "1.0e19",
            #""""#, #""a\u0000b""#, #""\ud83d\ude00 žofie \/ \n""#, #""\ud800""#, "\"a\nb\"",
            "[]", "{}", "[[],{}]", " [1, 2.5, \"x\", null, true, {\"b\": -1}]\r\n\t",
            #"{"a":{"b":{"c":[1,[2,[3]]]}},"":0,"é":"e\u0301"}"#, #"{"a":1,"a":2}"#,
            "", " ", "{", "[1", "[1,]", #"{"a":1,}"#, "[1 2]", "01", "+1", ".5", "1.", "NaN",
            "\u{FEFF}[1]", "[1]x", "'a'", "nul", #"{a:1}"#, #"{"a" 1}"#, "// x\n1",
        ])
    func table(text: String) { check(Array(text.utf8)) }

    @Test(
        "is UTF-8",
        arguments: [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0xA0, 0x22], [0x5B, 0x00, 0x5D]])
    func badBytes(bytes: [UInt8]) {
        #expect(JSON.value(bytes) == nil)
    }

    @Test("may have 512 levels, as with Foundation", arguments: [(512, true), (513, false)])
    func depth(levels: Int, isRead: Bool) {
        let list = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        #expect((JSON.value(Array(list.utf8)) != nil) == isRead)
        let object = String(repeating: #"{"a":"#, count: levels - 1) + "[]"
        let ends = String(repeating: "}", count: levels - 1)
        #expect((JSON.value(Array((object + ends).utf8)) != nil) == isRead)
    }

    @Test("is read at once, however deep its parts are")
    func deep() throws {
        // Foundation alone takes minutes: it tries one type after another at each level.
        let list = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        // A number that simdjson refuses changes nothing about that.
        let number = "18446744073709551616"
        let text =
            "[\(Array(repeating: list, count: 100).joined(separator: ",")),\(number)]"
        guard case .array(let lists)? = JSON.value(Array(text.utf8)) else {
            Issue.record("it is not read")
            return
        }
        #expect(lists.count == 101)
        #expect(lists.last == .number(18_446_744_073_709_551_616))
    }

    @Test("is read as Foundation reads it, whatever it is", arguments: 0..<20 as Range<UInt64>)
    func drawn(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var bytes = JSON.encode(Self.value(&random, depth: 5))
            check(bytes)
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: place)
            default: bytes.insert(Self.marks.randomElement(using: &random) ?? 0, at: place)
            }
            check(bytes)
        }
    }

    private static let marks = Array(#"{}[],:"\0123456789-+.eE tn"#.utf8)

    private static func value(_ random: inout SeededGenerator, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth == 0 ? 6 : 8), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .integer(Int64.random(in: .min ... .max, using: &random))
        case 3: .integer(Int64.random(in: -9...9, using: &random))
        case 4: .number(Double.random(in: -1e6...1e6, using: &random))
        case 5: .string(text(&random))
        case 6:
            .array(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in
                    value(&random, depth: depth - 1)
                })
        default:
            .object(
                Dictionary(
                    (0..<Int.random(in: 0...4, using: &random)).map { _ in
                        (text(&random), value(&random, depth: depth - 1))
                    }, uniquingKeysWith: { $1 }))
        }
    }

    private static func text(_ random: inout SeededGenerator) -> String {
        let letters: [Character] = ["a", "b", "\"", "\\", "\n", "\u{0}", "é", "€", "😀", "/"]
        return String(
            (0..<Int.random(in: 0...20, using: &random)).compactMap { _ in
                letters.randomElement(using: &random)
            })
    }

    /// Compares with Foundation, which accepts a comma before a closing bracket and some bytes that are
    /// not UTF-8.
    private func check(_ bytes: [UInt8], _ location: SourceLocation = #_sourceLocation) {
        let expected = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
        let value = JSON.value(bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        if value == nil, expected != nil {
            let isStrict =
                String(validating: bytes, as: UTF8.self) != nil
                && !text.contains(/,\s*[\]}]/)
            #expect(!isStrict, "\(text) is refused", sourceLocation: location)
        } else {
            #expect(value == expected, "\(text)", sourceLocation: location)
        }
    }
}
