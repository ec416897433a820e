public import HTML

/// The colours of charts, for a light and a dark page.
///
/// Found by search: hues as far apart as they can be for people with any colour vision, while each
/// has a contrast of at least 4.5 to the page, so that a label can have the colour of its mark.
/// Tests compute both.
public enum ChartPalette {
    /// A colour in sRGB, as `#rrggbb`, on a light and on a dark page.
    public struct Tone: Sendable {
        /// The name of the custom property, without `--chart-`.
        public let name: String
        /// The colour on a light page.
        public let light: String
        /// The colour on a dark page.
        public let dark: String
    }

    /// The page's own colour, on which everything is drawn.
    public static let page = Tone(name: "page", light: "#ffffff", dark: "#14181d")

    /// The colours of series, in order; the last is for what is left over.
    public static let series = [
        Tone(name: "1", light: "#0b4e9b", dark: "#b1d1f3"),
        Tone(name: "2", light: "#803c1b", dark: "#d65e37"),
        Tone(name: "3", light: "#128654", dark: "#16ec97"),
        Tone(name: "4", light: "#7f15ce", dark: "#c442f3"),
        Tone(name: "5", light: "#90710c", dark: "#f5af1b"),
        Tone(name: "6", light: "#4d5052", dark: "#7e8386"),
    ]

    /// The colours of states: complete, waiting, failed.
    public static let states = [
        Tone(name: "good", light: "#1282bc", dark: "#61cbfa"),
        Tone(name: "open", light: "#b7880b", dark: "#f9c60b"),
        Tone(name: "bad", light: "#972529", dark: "#d2454d"),
    ]

    /// The colours of text, of quiet text, and of lines and areas that carry no meaning alone.
    public static let frame = [
        Tone(name: "text", light: "#1b2229", dark: "#e6eaee"),
        Tone(name: "quiet", light: "#57626d", dark: "#9aa5b1"),
        Tone(name: "grid", light: "#d9dee3", dark: "#323a43"),
        Tone(name: "weekend", light: "#f1f3f5", dark: "#1c2229"),
    ]

    static let all = [page] + series + states + frame

    /// The most series with a colour of their own.
    public static var countMax: Int { series.count - 1 }

    /// The custom properties, for a light and a dark page.
    static var properties: HTML {
        func declarations(_ colour: (Tone) -> String) -> HTML {
            HTML(
                stringLiteral: all.map { "--chart-\($0.name):\(colour($0))" }.joined(separator: ";")
            )
        }
        return """
            :root{\(declarations(\.light))}
            @media (prefers-color-scheme:dark){:root{\(declarations(\.dark))}}
            """
    }
}

/// The style sheet of charts, to be put once into each page.
public enum ChartStyle {
    /// The rules, with their custom properties.
    public static var css: HTML {
        let series = ChartPalette.series.map { tone -> HTML in
            ".s\(tone.name){color:var(--chart-\(tone.name))}"
        }
        let states = ChartPalette.states.map { tone -> HTML in
            ".heat .\(tone.name){stroke:var(--chart-\(tone.name))}"
        }
        return """
            \(ChartPalette.properties)
            \(series)
            \(states)
            \(rules)
            """
    }

    private static let rules: HTML = """
        .chart{display:block;box-sizing:border-box;width:100%;overflow:visible;\
        padding:10px 7.5rem 22px 3rem;font:12px system-ui,sans-serif;fill:var(--chart-quiet)}
        .chart svg{overflow:visible}
        .chart .weekend{fill:var(--chart-weekend)}
        .chart .grid{stroke:var(--chart-grid);vector-effect:non-scaling-stroke}
        .chart .zero{stroke:var(--chart-quiet);vector-effect:non-scaling-stroke}
        .chart .line{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round;\
        stroke-linecap:round;vector-effect:non-scaling-stroke}
        .chart .ahead{stroke-dasharray:2 5}
        .chart .dot{fill:currentColor}.chart .bar{stroke:currentColor;stroke-width:.8;fill:none}
        .chart .y{text-anchor:end}.chart .x{text-anchor:middle}
        .chart .label{fill:currentColor;font-weight:600}
        .chart .days rect{width:1px;height:170px;fill:transparent}
        .chart .days rect:hover{fill:var(--chart-quiet);fill-opacity:.25}
        .spark,.heat{display:block;width:100%}
        .spark path{fill:none;stroke:currentColor;stroke-width:1.5;stroke-linejoin:round;\
        stroke-linecap:round;vector-effect:non-scaling-stroke}
        .heat path{stroke-dasharray:.82 .18;fill:none}
        .heat .good{stroke-width:12}.heat .open{stroke-width:6}.heat .bad{stroke-width:20}
        .heat .none{stroke:var(--chart-grid);stroke-width:3}
        .heat a:hover path{opacity:.6}
        .months{display:block;width:100%;overflow:visible;font:12px system-ui,sans-serif;\
        fill:var(--chart-quiet)}
        @media (max-width:40rem){.chart{padding:10px 6.8rem 22px 2.4rem;font-size:11px}.wide{display:none}}
        """
}
