public import Domain

/// The problems of an organization's sources: a pure function of its manifests.
public enum SourceProblems {
    /// Updates the problems of an organization by one of its days.
    ///
    /// A source has one problem, which lists the days that failed or were refused. A day that comes
    /// out well is removed from it, and the problem ends with its last day. If that day cannot be read
    /// any more, as a bill can only be read on the next day, the problem ends when a newer day comes
    /// out well. Days that ticks no longer look at are not listed, so that an old day does not alarm
    /// for ever.
    ///
    /// - Parameters:
    ///   - known: The organization's problems so far.
    ///   - now: The present.
    /// - Returns: The problems with this day taken into account.
    public static func updating(
        _ known: [Problem], by manifest: Manifest, at now: Timestamp
    ) -> [Problem] {
        let oldest = Day(containing: now).advanced(by: -Manifest.openDayCountMax)
        return Source.allCases.compactMap { source in
            let id = "source/\(manifest.integration)/\(manifest.installation)/\(source.rawValue)"
            let before = known.first { $0.id == id }
            var days = Set(before?.days ?? []).filter { $0 >= oldest }
            let result = manifest.sources[source]
            let isFault = result?.outcome.isFault ?? false
            var isPast = before?.isPast == true
            if isFault, manifest.day >= oldest {
                if isPast { days = [] }
                isPast = false
                days.insert(manifest.day)
            } else if isPast {
                let isNewer = days.max().map { $0 < manifest.day } ?? true
                if isNewer, result?.outcome.isSettled == true { days = [] }
            } else if days == [manifest.day], result?.outcome == .notApplicable {
                isPast = true
            } else {
                days.remove(manifest.day)
            }
            guard !days.isEmpty else { return nil }
            // The newest day speaks for all.
            guard let result, isFault, days.max() == manifest.day || before == nil else {
                var problem = before
                problem?.days = days.sorted()
                problem?.isPast = isPast ? true : nil
                problem?.seen = now
                if let outcome = before?.outcome.flatMap(Outcome.init) {
                    problem?.remedy = remedy(of: source, outcome, days.sorted(), manifest)
                }
                return problem
            }
            return problem(source, result, days.sorted(), id, manifest, now)
        }
    }

    private static func problem(
        _ source: Source, _ result: SourceResult, _ days: [Day], _ id: String,
        _ manifest: Manifest, _ now: Timestamp
    ) -> Problem {
        Problem(
            result.outcome == .rejected ? .backend : .source, id,
            integration: manifest.integration.description,
            organization: manifest.organization.description, source: source.rawValue,
            outcome: result.outcome.rawValue, days: days,
            text: result.reason ?? manifest.reason ?? "no reason was given",
            remedy: remedy(of: source, result.outcome, days, manifest), at: now)
    }

    private static func remedy(
        of source: Source, _ outcome: Outcome, _ days: [Day], _ manifest: Manifest
    ) -> String? {
        let who = manifest.organization
        switch outcome {
        case .noPermission where source == .billing:
            return "Once GitHub allows it, the next tick reads the bill as it stands then."
        case .policyOff, .noPermission:
            guard let first = days.first, let last = days.last else { return nil }
            return "Once GitHub allows it, collect the refused days again: copilot-local tick"
                + " --organization \(who) --from \(first) --to \(last)"
        case .rejected:
            return "Run copilot-local doctor, which asks the backend. Ticks send the samples again."
        default:
            return "Nothing yet. If it lasts, run copilot-local doctor --organization \(who)"
        }
    }
}
