import ArgumentParser
import Domain
import Runner
import Toolbox

/// Prints the catalogue.
struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Lists every metric with its meaning, unit, labels and source.",
        discussion: """
            "sum over" names the dimensions over which a sum is correct. A metric that is "optional" is \
            written only if EXTRA_METRICS contains that word. The last two sections are about the collector \
            itself: what it writes unless COLLECTOR_METRICS is off, and what only /metrics shows. Needs \
            no configuration.

            EXAMPLES
              copilot-local metrics
              copilot-local metrics billing
              copilot-local metrics --json
            """)

    @Argument(help: "List only metrics whose names contain this text.")
    var text: String?

    @Flag(help: "Print JSON on standard output instead of text.")
    var json = false

    func run() throws {
        let metrics = MetricReference.all.filter { metric in
            text.map { metric.name.contains($0.lowercased()) } ?? true
        }
        guard !json else { return Terminal.show(json: JSON.encode(metrics)) }
        guard !metrics.isEmpty else {
            return Terminal.show(["No metric has a name that contains \(text ?? "")."])
        }
        let style = Terminal.style
        let sections = metrics.grouped(by: \.source).map { source, metrics in
            [style("From \(source)", .heading)] + metrics.flatMap { Self.lines($0, style) }
        }
        Terminal.show(Array(sections.joined(separator: [""])))
    }

    private static func lines(_ metric: MetricReference, _ style: TextStyle) -> [String] {
        let facts = [
            ("unit", metric.unit),
            (
                "labels", metric.labels.isEmpty ? "none" : metric.labels.joined(separator: ", ")
            ),
        ]
        let ofReports =
            metric.isAboutCollector
            ? []
            : [
                ("field", metric.sourceField ?? "none, always 1"),
                (
                    "sum over",
                    metric.sumOver.isEmpty ? "nothing" : metric.sumOver.joined(separator: ", ")
                ),
            ]
        let optional = metric.optional.map { [("optional", "EXTRA_METRICS=\($0)")] } ?? []
        return [style("  \(metric.name)", .good)] + style.prose(metric.help, indent: "    ")
            + (facts + ofReports + optional).flatMap { name, value in
                style.prose(
                    value, after: "    \(name)", indent: String(repeating: " ", count: 14))
            }
    }
}
