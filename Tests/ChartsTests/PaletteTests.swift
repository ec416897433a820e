import Charts
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A colour as light, from 0 to 1 in red, green and blue.
private struct LinearColor {
    var channels: [Double]

    init(_ channels: [Double]) { self.channels = channels }

    /// Reads a colour such as `#0b4e9b`.
    ///
    /// Source: <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>.
    init(_ text: String) {
        let number = Int(text.dropFirst(), radix: 16) ?? 0
        channels = [16, 8, 0].map { (shift: Int) -> Double in
            let value = Double(number >> shift & 255) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
    }

    var luminance: Double { 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2] }

    func contrast(to other: LinearColor) -> Double {
        let (a, b) = (luminance, other.luminance)
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    func seen(through matrix: [[Double]]) -> LinearColor {
        LinearColor(
            matrix.map { row in
                min(1, max(0, zip(row, channels).reduce(0) { $0 + $1.0 * $1.1 }))
            })
    }

    /// CIE 1976 L*a*b* under D65.
    var lab: [Double] {
        let xyz = [
            [0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505],
        ].map { row in zip(row, channels).reduce(0) { $0 + $1.0 * $1.1 } }
        let f = zip(xyz, [0.9505, 1, 1.089]).map { value, white in
            let part = value / white
            return part > 0.008856 ? pow(part, 1.0 / 3) : 7.787 * part + 16.0 / 116
        }
        return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
    }

    func distance(to other: LinearColor) -> Double {
        zip(lab, other.lab).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
}

@Suite("The colours of charts")
struct PaletteTests {
    /// How colours are seen without one kind of cones: Machado, Oliveira and Fernandes, "A
    /// Physiologically-based Model for Simulation of Color Vision Deficiency", 2009, severity 1.
    static let sights: [(String, [[Double]])] = [
        ("all cones", [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        (
            "protanopia",
            [
                [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                [-0.003882, -0.048116, 1.051998],
            ]
        ),
        (
            "deuteranopia",
            [
                [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                [-0.011820, 0.042940, 0.968881],
            ]
        ),
        (
            "tritanopia",
            [
                [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                [0.004733, 0.691367, 0.303900],
            ]
        ),
    ]

    static let pages: [(String, @Sendable (ChartPalette.Tone) -> String)] = [
        ("light", { $0.light }), ("dark", { $0.dark }),
    ]

    @Test("have the contrast of text to the page, light and dark", arguments: ["light", "dark"])
    func contrast(page: String) throws {
        let colour = try #require(Self.pages.first { $0.0 == page }).1
        let ground = LinearColor(colour(ChartPalette.page))
        let text = ChartPalette.frame.filter { ["text", "quiet"].contains($0.name) }
        for tone in ChartPalette.series + text {
            let contrast = LinearColor(colour(tone)).contrast(to: ground)
            #expect(contrast >= 4.5, "\(tone.name) \(page): \(contrast)")
        }
        // Shapes need less: <https://www.w3.org/TR/WCAG22/#non-text-contrast>.
        for tone in ChartPalette.states {
            let contrast = LinearColor(colour(tone)).contrast(to: ground)
            #expect(contrast >= 3, "\(tone.name) \(page): \(contrast)")
        }
    }

    @Test("differ for everyone, also without one kind of cones", arguments: ["light", "dark"])
    func distance(page: String) throws {
        let colour = try #require(Self.pages.first { $0.0 == page }).1
        for (name, matrix) in Self.sights {
            for group in [ChartPalette.series, ChartPalette.states] {
                for (index, one) in group.enumerated() {
                    for other in group[(index + 1)...] {
                        let distance = LinearColor(colour(one)).seen(through: matrix)
                            .distance(to: LinearColor(colour(other)).seen(through: matrix))
                        // About 2 is just noticeable.
                        #expect(
                            distance >= 12,
                            "\(one.name) and \(other.name), \(page), \(name): \(distance)")
                    }
                }
            }
        }
    }
}
