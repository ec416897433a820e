import Domain
import Fakes
import MetricText
import Ports
import TestSupport
import Testing

@testable import OpenMetrics

@Suite("OpenMetrics text")
struct ExpositionTests {
    @Test(
        "prints a number that is read back unchanged",
        arguments: [
            (0, "0"), (-0.0, "-0.0"), (1, "1"), (-17, "-17"), (0.1, "0.1"), (2.5, "2.5"),
            (0x1p53, "9007199254740992"), (-0x1p53, "-9007199254740992"),
            (0x1p53 + 2, "9.007199254740994e+15"), (1e300, "1e+300"),
            (.leastNonzeroMagnitude, "5e-324"),
            (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
            (.infinity, "+Inf"), (-.infinity, "-Inf"),
        ])
    func numbers(value: Double, text: String) throws {
        #expect(MetricText.number(value) == text)
        #expect(try #require(Double(text)).bitPattern == value.bitPattern)
    }

    @Test("prints NaN")
    func notANumber() { #expect(MetricText.number(.nan) == "NaN") }

    @Test("prints any number so that it is read back unchanged", arguments: 0..<8 as Range<UInt64>)
    func anyNumber(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<1_000 {
            let value = Double(bitPattern: generator.next())
            guard !value.isNaN else { continue }
            let text = MetricText.number(value)
            #expect(try #require(Double(text)).bitPattern == value.bitPattern)
        }
    }

    @Test(
        "escapes a value",
        arguments: [
            ("plain", "plain"), ("Grüße 👋", "Grüße 👋"), (#"a"b"#, #"a\"b"#), (#"a\b"#, #"a\\b"#),
            ("a\nb", #"a\nb"#), (#"\n"#, #"\\n"#), ("{},= #", "{},= #"), ("\r\t", "\r\t"),
        ])
    func escapes(value: String, escaped: String) {
        var bytes: [UInt8] = []
        MetricText.appendEscaped(Array(value.utf8).span, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == escaped)
    }
}
