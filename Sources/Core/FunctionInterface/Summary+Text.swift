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

    /// The sources that are not simply written, those with the same outcome and reason together.
    private var parts: [String] {
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
            result.outcome.rawValue + (result.outcome.isFault ? ": \(result.reason ?? "")" : "")
        }.map { words, sources in
            sources.map(\.0.rawValue).joined(separator: ", ") + " \(words)"
        }
    }

    /// Why nothing of the organization could be read, unless each source says so itself.
    private var whole: String? {
        reason.flatMap { reason in
            sources.values.contains { $0.reason == reason } ? nil : "not read: \(reason)"
        }
    }
}

extension TickSummary {
    fileprivate var outcomeText: String {
        let days = events == 1 ? "1 day" : "\(events.grouped) days"
        let who = organizations.map { count in
            " of " + (count == 1 ? "1 organization" : "\(count.grouped) organizations")
        }
        let work = events == 0 ? "nothing to collect" : days + (who ?? "")
        let rest = [
            skipped.isEmpty ? nil : "\(skipped.count.grouped) skipped",
            attention.isEmpty
                ? nil
                : attention.count == 1
                    ? "1 needs attention" : "\(attention.count.grouped) need attention",
        ]
        return "daily tick \(time): " + ([work] + rest.compactMap(\.self)).joined(separator: "; ")
    }
}
