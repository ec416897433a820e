import ArgumentParser
import Domain
import Host
import Ports
import Runner
import Toolbox

/// Shows what is collected and what is missing.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows what is collected for each organization and what is missing.",
        discussion: """
            Ticks do not read a final day again. A day is missing if it was never read although \
            an older day was: collect it with `copilot-local tick --from DAY --to DAY`. A day that \
            is not complete after 28 days is given up: ticks no longer ask for it, but the same \
            command does.
            """)

    @Option(help: ArgumentHelp("The newest day to expect, by default yesterday.", valueName: "day"))
    var through: Day?

    @OptionGroup var options: CommonOptions

    func run() async throws {
        let runtime = try Runtime(options, for: [], needsState: true)
        let yesterday = Day(containing: runtime.adapters.clock.now()).advanced(by: -1)
        let coverage = try await StateReader(runtime.adapters.store)
            .coverage(through: through ?? yesterday)
        guard !options.json else { return Terminal.show(json: JSON.encode(coverage)) }
        guard !coverage.isEmpty else {
            return Terminal.show([ReportText.notConnected])
        }
        Terminal.show(StatusText.lines(coverage, Terminal.style))
        Terminal.show(StatusText.lines(of: try await runtime.bus.queued(), Terminal.style))
    }
}

/// The coverage as text.
enum StatusText {
    static func lines(_ coverage: [Coverage], _ style: TextStyle) -> [String] {
        var table = Table([
            .words("ORGANIZATION"), .numbers("DAYS"), .numbers("FINAL"), .words("NEWEST"),
            .numbers("MISSING"), .numbers("SAMPLES"), .words("ON THE NEWEST DAY"),
        ])
        for item in coverage {
            let outcomes = Outcome.allCases.compactMap { outcome -> String? in
                let count = item.sources.values.count { $0.outcome == outcome }
                return count == 0 ? nil : "\(outcome.rawValue) \(count)"
            }
            let isFault = item.sources.values.contains(where: \.outcome.isFault)
            table.add([
                "\(item.organization)", "\(item.days)", "\(item.finalDays)",
                Table.Cell(item.last?.description ?? "none yet"),
                Table.Cell("\(item.missing.count)", item.missing.isEmpty ? nil : .doubtful),
                "\(item.samples)",
                Table.Cell(outcomes.joined(separator: ", "), isFault ? .bad : .good),
            ])
        }
        return table.lines(style) + coverage.flatMap { details($0, style) }
    }

    /// Pending events and dead letters.
    static func lines(of queued: [QueuedEvent], _ style: TextStyle) -> [String] {
        func events(_ count: Int) -> String { count == 1 ? "1 event" : "\(count) events" }
        var lines: [String] = []
        let dead = queued.count { $0.due == nil }
        if dead > 0 {
            lines.append(
                style("\(events(dead)) failed permanently: see copilot-local dead-letters", .bad))
        }
        if let next = queued.compactMap(\.due).min() {
            lines.append("\(events(queued.count - dead)) pending, next due at \(next)")
        }
        return lines.isEmpty ? [] : [""] + lines
    }

    private static func details(_ item: Coverage, _ style: TextStyle) -> [String] {
        var notes: [(String, String)] = []
        if let since = item.suspendedAt {
            notes.append(
                (
                    "suspended",
                    "since \(since): an owner of \(item.organization) can unsuspend the installation in the organization's settings, under GitHub Apps"
                ))
        }
        if let reason = item.reason { notes.append(("not read", reason)) }
        if let first = item.missing.first, let last = item.missing.last {
            notes.append(("missing", first == last ? "\(first)" : "from \(first) to \(last)"))
        }
        if let first = item.givenUp.first, let last = item.givenUp.last {
            let days =
                first == last ? "\(first)" : "\(item.givenUp.count) days from \(first) to \(last)"
            notes.append(
                (
                    "given up",
                    """
                    \(days): not complete after \(Manifest.openDayCountMax) days, so ticks no longer \
                    ask. Ask again with `copilot-local tick --from \(first) --to \(last)`; \
                    `copilot-local state` shows what is missing.
                    """
                ))
        }
        for source in Source.allCases {
            guard let result = item.sources[source], let reason = result.reason,
                result.outcome != .notApplicable, reason != item.reason
            else { continue }
            notes.append(("\(source.rawValue) \(result.outcome.rawValue)", reason))
        }
        guard !notes.isEmpty else { return [] }
        return ["", style("\(item.organization)", .heading)]
            + notes.flatMap { what, why in
                [style("  \(what)", .doubtful)] + why.wrapped(width: 100, indent: "    ")
            }
    }
}
