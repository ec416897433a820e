public import Domain
public import Ports
import Toolbox
public import Worker

/// One organization, or one of its days, explained: the answer of `status ORG` and `status ORG DAY`.
public struct OrganizationReport: Codable, Hashable, Sendable {
    /// The organization.
    public var organization: String
    /// Its days, oldest first; only one if a day was asked for.
    public var days: [Manifest]
    /// Its problems, and those of its integration as a whole.
    public var problems: [Problem]
    /// Its events that are on the bus, dead letters included.
    public var events: [QueuedEvent]
    /// What happened to its events, oldest first, as far as the journal reaches.
    public var attempts: [JournalEntry]

    /// Gathers what is known.
    ///
    /// - Returns: The report; nil if the organization is not known at all.
    public init?(
        of login: OrganizationLogin, day: Day? = nil, manifests: [Manifest],
        integrations: [Integration], health: Health, queued: [QueuedEvent],
        journal: [JournalEntry]
    ) {
        let own = manifests.filter { $0.organization.isSame(as: login) }
        let integration = integrations.first { integration in
            integration.removedAt == nil
                && integration.organizations.contains { $0.organization.isSame(as: login) }
        }
        let isNamed = health.problems(of: login.description, in: "").contains {
            $0.organization != nil
        }
        guard !own.isEmpty || integration != nil || isNamed else { return nil }
        let name = own.last?.organization.description ?? login.description
        let owner = integration?.id.description ?? own.last?.integration.description ?? ""
        func isOwn(_ subject: String?) -> Bool {
            guard let subject else { return false }
            let parts = subject.split(separator: "/")
            return parts.count == 2 && parts[0].lowercased() == login.description.lowercased()
                && (day.map { parts[1] == $0.description } ?? true)
        }
        organization = name
        days = own.filter { day == nil || $0.day == day }.sorted { $0.day < $1.day }
        problems = health.problems(of: login.description, in: owner).filter { problem in
            day.map { problem.days?.contains($0) ?? true } ?? true
        }
        events = queued.filter { isOwn($0.event.subject) }
        attempts = journal.filter { isOwn($0.subject) }
    }

    /// Whether the exit status should report a problem.
    public var isFault: Bool { problems.contains(where: \.isFault) }
}

/// The report in words.
extension OrganizationReport {
    /// The most days of the table.
    private static let dayCountMax = 31

    /// Explains the organization.
    public func lines(at now: Timestamp, _ style: TextStyle) -> [String] {
        var lines = [style(organization, .heading)]
        lines += problemLines(now, style)
        guard !days.isEmpty else { return lines + ["", "No day has been read yet."] }
        var table = Table([
            .words("DAY"), .numbers("SAMPLES"), .words("STATE"), .words("OUTCOMES"),
        ])
        for manifest in days.suffix(Self.dayCountMax) {
            table.add([
                "\(manifest.day)", "\(manifest.samples.grouped)",
                Table.Cell(Self.state(manifest, now), manifest.final ? .good : .doubtful),
                Table.Cell(Self.tally(manifest), manifest.isFault ? .bad : nil),
            ])
        }
        lines += [""] + table.lines(style)
        if days.count > Self.dayCountMax {
            lines.append("and \(days.count - Self.dayCountMax) older days")
        }
        let reasons = OutcomeTable(days).reasons(style)
        if !reasons.isEmpty { lines += ["", style("Reasons", .heading)] + reasons }
        return lines + next(style)
            + [
                "",
                "One day in words: copilot-local status \(organization) \(days[days.count - 1].day)",
            ]
    }

    /// What happens to the days that are not final, those with the same answer together.
    private func next(_ style: TextStyle) -> [String] {
        let open = days.filter { !$0.final }
        guard !open.isEmpty else {
            return ["", "All days are final: ticks do not read them again."]
        }
        let answers = open.grouped { manifest in
            (manifest.next ?? "the next tick reads it again")
                .replacing("\(manifest.day)", with: "DAY")
                .replacing(
                    "until \(manifest.day.advanced(by: 3))", with: "until three days after it"
                )
                .replacing(
                    "until \(manifest.day.advanced(by: Manifest.openDayCountMax))",
                    with: "until \(Manifest.openDayCountMax) days after it")
        }
        return ["", style("Days that are not final", .heading)]
            + answers.flatMap { answer, manifests -> [String] in
                let days = manifests.map(\.day.description)
                let shown =
                    days.count > 4
                    ? "\(days.count) days, \(days[0]) to \(days[days.count - 1])"
                    : days.joined(separator: ", ")
                return [style("  \(shown)", .doubtful)]
                    + style.prose(answer, indent: "    ")
            }
    }

    /// Explains one day.
    public func lines(
        of manifest: Manifest, at now: Timestamp, _ style: TextStyle
    ) -> [String] {
        let count = manifest.samples == 1 ? "1 sample" : "\(manifest.samples.grouped) samples"
        var lines = [
            style("\(organization), \(manifest.day)", .heading),
            "\(count), \(Self.state(manifest, now)). Last read at \(manifest.readAt).",
        ]
        if let reason = manifest.reason { lines += ["Not read: \(reason)"] }
        for source in Source.allCases {
            guard let result = manifest.sources[source] else { continue }
            lines += ["", style("\(source.rawValue): \(result.outcome.rawValue)", result.tone)]
            lines += style.prose("\(Self.words(result)).", indent: "    ")
            if let enterprise = result.enterprise {
                lines += style.prose("On the bill of the enterprise \(enterprise).", indent: "    ")
            }
            for note in result.notes ?? [] {
                lines += style.prose("Note: \(note)", indent: "    ")
            }
        }
        lines +=
            [""] + style.prose("Next: \(manifest.next ?? "the next tick reads it again").")
        lines += attemptLines(style)
        return lines + problemLines(now, style)
    }

    /// The attempts at a day, as far as they are known.
    public func attemptLines(_ style: TextStyle) -> [String] {
        var lines: [String] = []
        if let last = attempts.last {
            let count = attempts.count == 1 ? "once" : "\(attempts.count) times"
            lines.append("Tried \(count), last at \(last.time): \(last.verdict.rawValue).")
        }
        for event in events {
            let tries = event.attempts == 1 ? "1 attempt" : "\(event.attempts) attempts"
            let why = event.reason.map { ": \($0)" } ?? ""
            let what = event.due.map { "On the bus, due at \($0), after \(tries)\(why)" }
            lines += style.prose((what ?? "A dead letter after \(tries)\(why)"))
        }
        return lines.isEmpty ? [] : [""] + lines
    }

    private func problemLines(_ now: Timestamp, _ style: TextStyle) -> [String] {
        let lines = ProblemText.lines(problems, at: now, style)
        return lines.isEmpty ? [] : [""] + lines
    }

    private static func state(_ manifest: Manifest, _ now: Timestamp) -> String {
        if manifest.final { return "final" }
        let isOld = manifest.day.distance(to: Day(containing: now)) > Manifest.openDayCountMax
        return isOld ? "given up" : "not final"
    }

    private static func tally(_ manifest: Manifest) -> String {
        Outcome.allCases.compactMap { outcome in
            let count = manifest.sources.values.count { $0.outcome == outcome }
            return count == 0 ? nil : "\(outcome.rawValue) \(count)"
        }.joined(separator: ", ")
    }

    private static func words(_ result: SourceResult) -> String {
        let facts = [
            result.samples > 0 || result.reason == nil
                ? "\(result.samples.grouped) samples" : nil,
            result.records.map { "\($0.grouped) record\($0 == 1 ? "" : "s")" },
            result.shards.map { "\($0) file\($0 == 1 ? "" : "s")" },
        ].compactMap(\.self).joined(separator: ", ")
        return [result.reason, facts.isEmpty ? nil : facts].compactMap(\.self)
            .joined(separator: "; ")
    }
}

extension SourceResult {
    fileprivate var tone: TextStyle.Tone {
        outcome.isFault ? .bad : outcome.isSettled ? .good : .doubtful
    }
}
