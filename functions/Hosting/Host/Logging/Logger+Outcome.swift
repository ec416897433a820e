public import Domain
public import FunctionInterface
public import Logging
import Toolbox

extension Logger {
    /// Logs how an event came out, in one line, and then what it means for known problems.
    ///
    /// A failure is an error, or a warning while it is retried. A source that failed or was refused
    /// is a warning; one that GitHub refuses day after day is one warning a day.
    ///
    /// - Parameters:
    ///   - level: The level of a failure.
    ///   - fields: What the host knows about the event.
    public func log(
        _ summary: Conclusion.Summary?, _ failure: Failure.Code?, _ message: String?,
        _ problems: ProblemChanges, failureLevel level: Level = .error, fields: Metadata
    ) {
        var fields = fields
        if case .day(let manifest)? = summary {
            fields["organization"] = "\(manifest.organization)"
            fields["day"] = "\(manifest.day)"
            fields["outcomes"] = "\(manifest.tally)"
        }
        if case .tick(let tick)? = summary {
            fields["events"] = "\(tick.events)"
            if let count = tick.organizations { fields["organizations"] = "\(count)" }
            if !tick.skipped.isEmpty { fields["skipped"] = "\(tick.skipped.count)" }
            if !tick.attention.isEmpty { fields["attention"] = "\(tick.attention.count)" }
        }
        let text = [summary?.text, message].compactMap(\.self).joined(separator: "; ")
        if let failure {
            fields["code"] = "\(failure.rawValue)"
            log(level: level, "\(text)", metadata: fields)
        } else {
            let level: Level = summary?.needsWarning(with: problems) == true ? .warning : .info
            log(level: level, "\(text.isEmpty ? "done" : text)", metadata: fields)
        }
        if case .day(let manifest)? = summary { log(notesOf: manifest) }
        log(problems)
    }

    /// Logs the problems that begin, last and end.
    ///
    /// That a source failed, or that an event is retried, is in the event's own line: only the end has
    /// a line here.
    public func log(_ changes: ProblemChanges) {
        for problem in changes.began where problem.isAnnounced {
            log(problem, "Problem")
        }
        for problem in changes.lasting where problem.isAnnounced && problem.isFault {
            log(problem, "Problem since \(Timestamp(seconds: problem.since.seconds))")
        }
        for problem in changes.ended {
            let lasted = problem.announced.since(problem.since).inWords
            notice(
                "Resolved\(lasted.map { " after \($0)" } ?? ""): \(problem.about)",
                metadata: problem.fields)
        }
    }

    private func log(_ problem: Problem, _ head: String) {
        let remedy = problem.remedy.map { ". To do: \($0)" } ?? ""
        log(
            level: problem.isFault ? .warning : .notice,
            "\(problem.isFault ? head : "Note"): \(problem.about)\(remedy)",
            metadata: problem.fields)
    }
}

extension Problem {
    fileprivate var isAnnounced: Bool { ![.source, .backend, .retrying].contains(kind) }

    fileprivate var about: String { subject.isEmpty ? text : "\(subject): \(text)" }

    fileprivate var fields: Logger.Metadata {
        var fields: Logger.Metadata = ["problem": "\(kind.rawValue)", "since": "\(since)"]
        if let organization { fields["organization"] = "\(organization)" }
        if let integration { fields["integration"] = "\(integration)" }
        return fields
    }
}

extension Conclusion.Summary {
    /// Whether the line is a warning.
    ///
    /// A refusal lasts until a person acts, and each tick finds it on several days: it is announced
    /// with its problem.
    fileprivate func needsWarning(with problems: ProblemChanges) -> Bool {
        guard case .day(let manifest) = self, manifest.reason == nil,
            manifest.sources.values.allSatisfy({ !$0.outcome.isFault || $0.outcome.isRefusal })
        else { return isFault }
        return isFault && (problems.began + problems.lasting).contains { $0.kind == .source }
    }
}

extension Manifest {
    /// The number of occurrences of each outcome, such as `not-ready 2, written 3`.
    fileprivate var tally: String {
        let words = sources.values.map(\.outcome.rawValue)
        return Dictionary(grouping: words) { $0 }.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value.count)" }.joined(separator: ", ")
    }
}
