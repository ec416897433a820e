import Domain
import Toolbox

extension Conclusion.Summary {
    /// What happened, in one line for logs and progress.
    ///
    ///     acme 2026-11-27: 2,134 samples; users-1-day failed: line 7 is not JSON
    ///     daily tick 2026-11-28T06:00:00Z: 120 days of 40 organizations; 1 skipped; 1 needs attention
    public var text: String {
        switch self {
        case .day(let manifest): manifest.outcomeText
        case .tick(let tick): tick.outcomeText
        case .page(let page):
            page.integration.map { "HTTP \(page.status): connected \($0.id)" }
                ?? "HTTP \(page.status)"
        }
    }

    /// Whether a person should hear of it: a source failed or was refused, or a tick needs attention.
    public var isFault: Bool {
        switch self {
        case .day(let manifest): manifest.isFault
        case .tick(let tick): !tick.attention.isEmpty
        case .page(let page): page.status >= 500
        }
    }
}

extension Manifest {
    fileprivate var outcomeText: String {
        ([head] + parts + [whole].compactMap(\.self)).joined(separator: "; ")
    }

    private var head: String {
        let count = samples == 1 ? "1 sample" : "\(samples.grouped) samples"
        let outcomes = Set(sources.values.map(\.outcome))
        let isUnchanged =
            outcomes.contains(.unchanged) && outcomes.isDisjoint(with: [.written, .restated])
        return "\(organization) \(day): \(count)\(isUnchanged ? ", unchanged" : "")"
    }

    /// The sources that are not simply written, and what their reasons have in common once.
    private var parts: [String] {
        let remarks = remarks
        let reasons = remarks.map(\.reason).filter { !$0.isEmpty }
        let advice = reasons.count > 1 ? Self.commonEnd(reasons) : []
        let own = remarks.map { remark in
            let reason = remark.reason.dropLast(remark.reason.isEmpty ? 0 : advice.count)
            return remark.head + (reason.isEmpty ? "" : ": " + reason.joined(separator: ". "))
        }
        return own + (advice.isEmpty ? [] : [advice.joined(separator: ". ")])
    }

    /// The outcome of some sources, and the sentences of its reason.
    private typealias Remark = (head: String, reason: [Substring])

    /// The sources that are not simply written, those with the same outcome and reason together.
    private var remarks: [Remark] {
        let said = Source.allCases.compactMap { source -> (Source, SourceResult)? in
            guard let result = sources[source] else { return nil }
            switch result.outcome {
            // Nothing to say, or by design.
            case .written, .unchanged, .notApplicable, .notBilledHere: return nil
            case .restated, .notReady, .noPermission, .policyOff, .rejected, .failed, .unknown:
                return (source, result)
            }
        }
        return said.grouped { source, result in
            // That a report is late needs no reason here, and a restatement has none.
            let reason = result.outcome.isFault ? impersonal(result.reason ?? "", of: source) : ""
            return [result.outcome.rawValue, reason]
        }.map { words, members in
            let names = members.map(\.0.rawValue).joined(separator: ", ")
            let isFault = members[0].1.outcome.isFault
            // One source alone keeps its own words.
            let reason = members.count == 1 && isFault ? members[0].1.reason ?? "" : words[1]
            return ("\(names) \(words[0])", reason.split(separator: ". "))
        }
    }

    /// A reason in which the source is called "them", so that it is the same for every source.
    private func impersonal(_ reason: String, of source: Source) -> String {
        let subject =
            switch source {
            case .billing: "the bill of \(organization)"
            case .members: "the members of \(organization)"
            default: "the report \(source.rawValue) of \(organization) for \(day)"
            }
        return reason.replacing(subject, with: "them")
    }

    /// The last sentences of all reasons, as far as they are the same and not the whole reason.
    private static func commonEnd(_ reasons: [[Substring]]) -> [Substring] {
        let longest = reasons.map(\.count).min().map { $0 - 1 } ?? 0
        let count = (0...max(0, longest)).last { count in
            Set(reasons.map { $0.suffix(count) }).count == 1
        }
        return Array(reasons[0].suffix(count ?? 0))
    }

    /// Why nothing of the organization could be read, unless each source says so itself.
    private var whole: String? {
        reason.flatMap { reason in
            sources.values.contains { $0.reason == reason } ? nil : "not read: \(reason)"
        }
    }
}

extension TickSummary {
    /// What the tick leads to, such as `3 events` or `split into 12 ticks`.
    public var followUpText: String {
        ticks.map { "split into \($0.grouped) ticks" }
            ?? (events == 1 ? "1 event" : "\(events.grouped) events")
    }

    fileprivate var outcomeText: String {
        let days = events == 1 ? "1 day" : "\(events.grouped) days"
        let who = organizations.map { count in
            " of " + (count == 1 ? "1 organization" : "\(count.grouped) organizations")
        }
        let work =
            ticks != nil ? followUpText : events == 0 ? "nothing to collect" : days + (who ?? "")
        let rest = [
            skipped.isEmpty ? nil : "\(skipped.count.grouped) skipped",
            attention.isEmpty
                ? nil
                : attention.count == 1
                    ? "1 needs attention" : "\(attention.count.grouped) need attention",
        ]
        let scope = integrations.map { " of \($0.joined(separator: ", "))" } ?? ""
        return "daily tick \(time)\(scope): "
            + ([work] + rest.compactMap(\.self)).joined(separator: "; ")
    }
}
