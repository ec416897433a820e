import ArgumentParser
import Domain
import FunctionInterface
import Host
import Logging
import Ports
import Runner
import Toolbox
import Worker

/// Shows what is collected and what is missing.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows problems, what is collected for each organization, and what is missing.",
        discussion: """
            Problems come first, each with its beginning and what to do. With an organization, it \
            explains the organization's days; with a day, each source of that day.

            Ticks do not read a final day again. A day is missing if it was never read although \
            an older day was: collect it with `copilot-local tick --from DAY --to DAY`. A day that \
            is not complete after 28 days is given up: ticks no longer ask for it, but the same \
            command does.

            EXAMPLES
              copilot-local status
              copilot-local status acme
              copilot-local status acme 2026-11-27

            EXIT STATUS
              0  no problem
              1  a source failed or was refused, something needs attention, an event failed
                 permanently or waits for another attempt, or nobody is connected
              2  wrong usage or configuration, or an unknown organization
            """)

    @Argument(help: "The organization to explain.")
    var organization: OrganizationLogin?

    @Argument(
        help: "The day to explain, such as 2026-11-27 or yesterday.",
        transform: Arguments.pastDay)
    var day: Day?

    @Option(
        help: ArgumentHelp("The newest day to expect, by default yesterday.", valueName: "day"),
        transform: Arguments.pastDay)
    var through: Day?

    @OptionGroup var options: CommonOptions

    func run() async throws {
        let runtime = try Runtime(options, for: [], needsState: true)
        let reader = StateReader(runtime.adapters.store)
        let manifests = try await reader.manifests()
        try await reader.readOthers()
        let health = await runtime.health(manifests: manifests, unreadable: reader.problems)
        if let organization {
            return try await explain(organization, manifests, health, reader, runtime)
        }
        let yesterday = Day(containing: health.time).advanced(by: -1)
        let coverage = try await reader.coverage(of: manifests, through: through ?? yesterday)
        try await list(coverage.map { $0.adding(health) }, health, runtime.bus)
        if !health.problems.isEmpty { throw Ending(status: .fault) }
    }

    /// Explains one organization, or one of its days.
    private func explain(
        _ login: OrganizationLogin, _ manifests: [Manifest], _ health: Health,
        _ reader: StateReader, _ runtime: Runtime
    ) async throws {
        let report = OrganizationReport(
            of: login, day: day, manifests: manifests,
            integrations: try await reader.integrations(), health: health,
            queued: try await runtime.bus.queued(),
            journal: Journal.entries(at: runtime.journalPath, last: 10_000))
        guard let report else {
            let known = Set(manifests.map(\.organization.description)).sorted().prefix(10)
            throw Failure(
                .misconfigured,
                "No organization \(login) is known."
                    + (known.isEmpty
                        ? " Nothing has been collected yet."
                        : " These are: \(known.joined(separator: ", "))."))
        }
        if options.json {
            Terminal.show(json: JSON.encode(report))
        } else if let day {
            Terminal.show(lines(of: day, report, health.time))
        } else {
            Terminal.show(report.lines(at: health.time, Terminal.style))
        }
        if report.isFault { throw Ending(status: .fault) }
    }

    private func lines(of day: Day, _ report: OrganizationReport, _ now: Timestamp) -> [String] {
        guard report.days.isEmpty else {
            return report.days.flatMap { report.lines(of: $0, at: now, Terminal.style) }
        }
        let isOver = day < Day(containing: now)
        let advice =
            "Collect it: copilot-local tick --organization \(report.organization)"
            + " --from \(day) --to \(day)"
        return [
            "\(report.organization), \(day): never read. \(isOver ? advice : "The day is not over.")"
        ]
            + report.attemptLines(Terminal.style)
            + ProblemText.lines(report.problems, at: now, Terminal.style)
    }

    /// Shows all organizations, the problems first.
    private func list(
        _ coverage: [Coverage], _ health: Health, _ bus: any EventBus
    ) async throws {
        guard !options.json else { return Terminal.show(json: JSON.encode(coverage)) }
        if health.problems.contains(where: { $0.kind == .notConnected }) {
            return Terminal.show([ReportText.notConnected])
        }
        let problems = ProblemText.lines(health, Terminal.style)
        if !problems.isEmpty { Terminal.show(problems + (coverage.isEmpty ? [] : [""])) }
        guard !coverage.isEmpty else {
            return problems.isEmpty
                ? Terminal.show(["Connected, but no organization is reached yet."]) : ()
        }
        Terminal.show(StatusText.lines(coverage, Terminal.style))
        Terminal.show(StatusText.lines(of: try await bus.queued(), Terminal.style))
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
        if let since = item.suspendedAt,
            item.problems?.contains(where: { $0.kind == .suspended }) != true
        {
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
                    `copilot-local status \(item.organization)` explains them.
                    """
                ))
        }
        for source in Source.allCases {
            guard let result = item.sources[source], let reason = result.reason,
                result.outcome != .notApplicable, reason != item.reason,
                // It stands among the problems already.
                item.problems?.contains(where: { $0.source == source.rawValue }) != true
            else { continue }
            notes.append(("\(source.rawValue) \(result.outcome.rawValue)", reason))
        }
        guard !notes.isEmpty else { return [] }
        return ["", style("\(item.organization)", .heading)]
            + notes.flatMap { what, why in
                [style("  \(what)", .doubtful)] + style.prose(why, indent: "    ")
            }
    }
}
