import ArgumentParser
import Domain
import FunctionInterface
import Ports
import Runner
import Toolbox
import Worker

/// Lists what happened.
struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists every attempt to process an event, newest last.")

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most attempts to list.", valueName: "count"),
        transform: Arguments.number(1...1_000_000))
    var limit = 50

    @OptionGroup var options: CommonOptions

    func run() async throws {
        let runtime = try Runtime(options, for: [], needsState: true)
        let entries = Journal.entries(at: runtime.journalPath, last: limit)
        guard !options.json else { return Terminal.show(json: JSON.encode(entries)) }
        guard !entries.isEmpty else { return Terminal.show(["No events yet."]) }
        var table = Table([
            .words("TIME"), .words("FUNCTION"), .words("ABOUT"), .numbers("ATTEMPT"),
            .numbers("TOOK"), .words("OUTCOME"),
        ])
        for entry in entries {
            table.add([
                "\(entry.time)", "\(entry.function.rawValue)", "\(entry.subject ?? entry.event)",
                "\(entry.attempt)", "\(entry.durationMilliseconds) ms", Self.outcome(entry),
            ])
        }
        let problems = ProblemText.lines(await runtime.health(), Terminal.style)
        Terminal.show(table.lines(Terminal.style) + (problems.isEmpty ? [] : [""] + problems))
    }

    private static func outcome(_ entry: JournalEntry) -> Table.Cell {
        let failure = entry.failure.map { ": \($0.code.rawValue): \($0.message)" } ?? ""
        switch entry.verdict {
        case .done:
            let (text, tone) = summary(entry)
            return Table.Cell(text, tone)
        case .retry:
            let next = entry.retryAt.map { "retry at \($0)" } ?? "will be retried"
            // A part may have been collected all the same.
            let done = entry.result.map { _ in summary(entry).text + ", " } ?? ""
            return Table.Cell("\(done)\(next)\(failure)", .doubtful)
        case .dead: return Table.Cell("failed permanently\(failure)", .bad)
        }
    }

    /// What a function returned, in a few words.
    private static func summary(_ entry: JournalEntry) -> (text: String, tone: TextStyle.Tone?) {
        if let manifest = entry.manifest {
            let outcomes = manifest.sources.values.map(\.outcome)
            let tally = Outcome.allCases.compactMap { outcome -> String? in
                let count = outcomes.count { $0 == outcome }
                return count == 0 ? nil : "\(outcome.rawValue) \(count)"
            }
            let isFault = outcomes.contains(where: \.isFault)
            return (tally.joined(separator: ", "), isFault ? .bad : .good)
        }
        if case .page(let page)? = entry.result { return ("HTTP \(page.status)", nil) }
        guard let tick = entry.tick else { return ("done", nil) }
        let head = tick.followUpText
        let skipped = tick.skipped.isEmpty ? "" : "; \(tick.skipped.count) skipped"
        let attention = tick.attention.map { notice in
            [notice.organization ?? notice.integration, notice.reason].compactMap(\.self)
                .joined(separator: ": ")
        }
        guard !attention.isEmpty else { return (head + skipped, nil) }
        return ("\(head)\(skipped); needs attention: \(attention.joined(separator: "; "))", .bad)
    }
}
