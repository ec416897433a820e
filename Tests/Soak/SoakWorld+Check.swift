import Domain
import GitHubSimulator
import InMemory
import InProcess
import Ports
import TestSupport

extension SoakWorld {
    /// Compares what the backend has with what GitHub reported in the end.
    ///
    /// - Returns: What was compared and played.
    /// - Throws: What the oracle's JSON decoder says.
    func check() async throws -> Tally {
        var tally = tally
        // Whoever dies between GitHub's answer and the store's has lost the new token, and can only try
        // the old one, until the person authorizes again.
        let isExcused = tally.faults.keys.contains { Self.losses.contains($0) }
        for sentence in github.violations {
            guard isExcused, sentence.hasSuffix("a refresh token that was used before") else {
                breach("GitHub: \(sentence)")
                continue
            }
            tally.faults["process: lost refresh tokens, tried again", default: 0] += 1
        }
        for event in try await bus.queued() {
            breach("\(event.event.id) is left on the bus: \(event.reason ?? "never tried")")
        }
        let manifests = try await manifests()
        var expected: Set<SampleScope> = []
        for (place, organization) in world.organizations.enumerated() {
            // After a return there are two of a day, of which the last one counts. If the organization had
            // another name then, the backend has the day under both.
            for manifest in manifests[place] ?? [] {
                for source in Source.allCases { expected.insert(scope(source, of: manifest)) }
            }
            let byDay = Dictionary(
                (manifests[place] ?? []).sorted { $0.installation < $1.installation }.map {
                    ($0.day, $0)
                }
            ) { $1 }
            try check(organization, place, byDay, &tally)
        }
        for scope in sink.batches.keys where !expected.contains(scope) {
            if sink.batches[scope]?.contains(where: { !$0.samples.isEmpty }) == true {
                breach("the backend has samples of nothing: \(scope)")
            }
        }
        tally.worlds = 1
        return tally
    }

    /// Looks for days that no tick would ever ask for, before somebody asks for the whole range.
    func checkGaps() async throws(Failure) {
        let manifests = try await manifests()
        // Ticks look four weeks back, and the last one came after the last day.
        let oldest = plan.days.upperBound.advanced(by: 6 - Manifest.openDayCountMax)
        for (place, organization) in world.organizations.enumerated() {
            let found = manifests[place] ?? []
            // An installation that is new knows nothing of the days that the one before did not see.
            guard let beginning = plan.beginnings[place], organization.installation != nil,
                Set(found.map(\.installation)).count == 1
            else { continue }
            let known = Set(found.map(\.day))
            let first = max(beginning.advanced(by: -1), oldest)
            for day in first...plan.days.upperBound where !known.contains(day) {
                breach("no tick asked for \(day) of \(organization.login)")
            }
        }
    }

    private static let losses: Set<String> = [
        "process: kills between two steps", "store: failed calls", "store: conflicting writes",
    ]

    private func check(
        _ organization: SimulatedOrganization, _ place: Int, _ manifests: [Day: Manifest],
        _ tally: inout Tally
    ) throws {
        let leaving = plan.leavings[place]
        guard let beginning = plan.beginnings[place] else { return }
        // A tick looks at the day before it; GitHub has no report of the days after the last.
        let last = leaving?.advanced(by: -2) ?? plan.days.upperBound
        let first = max(beginning.advanced(by: -1), plan.days.lowerBound)
        guard first <= last else { return }
        for day in first...last {
            guard let manifest = manifests[day] else {
                // GitHub may have been down on the last day of who has left, or the person who authorized
                // no owner then.
                if let leaving,
                    !(day.advanced(by: 1)..<leaving).contains(where: { day in
                        ticks[day].map { !$0.contains(organization.login) } ?? false
                    })
                {
                    tally.left += 1
                } else {
                    breach("\(organization.login) has lost \(day)")
                }
                continue
            }
            let isWhole = try check(manifest, of: organization, leaving: leaving, &tally)
            // Nobody can read again what was refused to who has left.
            if leaving != nil, !manifest.final || manifest.isRefused {
                tally.left += 1
            } else if isWhole {
                tally.closed += 1
                if !manifest.final { breach("\(organization.login) \(day) is not closed") }
            } else {
                tally.open += 1
                if manifest.final {
                    breach("\(organization.login) \(day) is closed without a report")
                }
            }
        }
    }

    /// Compares one day.
    ///
    /// - Returns: Whether GitHub has every report of it.
    private func check(
        _ manifest: Manifest, of organization: SimulatedOrganization, leaving: Day?,
        _ tally: inout Tally
    ) throws -> Bool {
        let end = Timestamp(startOf: plan.days.upperBound.advanced(by: 30))
        let name = "\(organization.login) \(manifest.day)"
        let readOn = Day(containing: manifest.readAt)
        var isWhole = true
        for source in Source.reports {
            let files = world.files(source, of: organization, day: manifest.day, at: end)
            let outcome = manifest.sources[source]?.outcome
            let rows = rows(source, of: manifest)
            guard !files.isEmpty else {
                isWhole = false
                if !rows.isEmpty { breach("\(name): samples of \(source), which has no report") }
                continue
            }
            guard leaving == nil || (manifest.final && outcome?.isDone == true) else { continue }
            guard outcome?.isDone == true else {
                let reason = manifest.sources[source]?.reason ?? ""
                breach("\(name): \(source) is \(outcome?.rawValue ?? "missing"): \(reason)")
                continue
            }
            let isNamed = manifest.sources[.members]?.outcome.isDone == true
            let effect: Fault.Effect? =
                plan.played("repeated-rows", on: readOn) ? .repeatsRows : nil
            let truth = try files.flatMap { file in
                try Oracle.rows(
                    of: effect.map { SimulatedGitHub.file(file, after: $0) } ?? file, source,
                    organization: manifest.organization.description,
                    decorate: source == .users && isNamed ? organization.decoration : { _ in [:] })
            }
            let isHidden = source == .users && hidesAddresses(of: manifest.day, to: readOn)
            compare(
                isHidden ? rows.withoutAddresses : rows,
                isHidden ? truth.withoutAddresses : truth, "\(name), \(source)")
            tally.compared += rows.count
        }
        try checkBill(manifest, of: organization, name, &tally)
        return isWhole
    }

    /// A bill is read on the day after its day, or not at all.
    private func checkBill(
        _ manifest: Manifest, of organization: SimulatedOrganization, _ name: String,
        _ tally: inout Tally
    ) throws {
        let readOn = manifest.day.advanced(by: 1)
        let isOdd = plan.today(readOn).troubles.contains { trouble in
            guard case .scenario(let scenario) = trouble.kind else { return false }
            return Self.billChanges.contains(scenario.name)
        }
        guard manifest.sources[.billing]?.outcome.isDone == true, !isOdd,
            let bill = world.bill(of: organization, monthOf: manifest.day, on: readOn)
        else { return }
        let truth = bill.flatMap { $0.rows(of: manifest.organization) }
        compare(rows(.billing, of: manifest), truth, "\(name), the bill")
        tally.bills += 1
    }

    private static let billChanges = Set(
        Scenario.groups.filter { $0.title.contains("illing") }.flatMap(\.scenarios).map(\.name)
            + ["odd-bill-item", "billed-elsewhere"])

    /// Whether GitHub withheld addresses at a time when the users may have been sent.
    private func hidesAddresses(of day: Day, to last: Day) -> Bool {
        (day.advanced(by: 1)...max(last, day.advanced(by: 1))).contains {
            plan.played("forbidden-emails", on: $0)
        }
    }

    private func scope(_ source: Source, of manifest: Manifest) -> SampleScope {
        SampleScope(
            organization: manifest.organization, day: manifest.day, source: source,
            tags: sink.batches.keys.first?.tags ?? SampleTags(application: "copilot"))
    }

    private func rows(_ source: Source, of manifest: Manifest) -> [Row] {
        sink.batches[scope(source, of: manifest)]?.flatMap(\.rows) ?? []
    }

    private func compare(_ rows: [Row], _ truth: [Row], _ name: String) {
        var left: [String: Double] = [:]
        left.reserveCapacity(truth.count)
        for row in truth { left[row.series, default: 0] += row.value }
        for row in rows {
            guard let value = left.removeValue(forKey: row.series) else {
                return breach("\(name): \(row) is not GitHub's, or there twice")
            }
            guard abs(value - row.value) <= 1e-9 * max(1, abs(value)) else {
                return breach("\(name): \(row), but GitHub says \(value)")
            }
        }
        if let row = left.first { breach("\(name): \(row.key) \(row.value) is lost") }
    }
}

extension [Row] {
    fileprivate var withoutAddresses: [Row] {
        map { Row($0.name, $0.labels.filter { $0.key != "user_email" }, $0.value) }
    }
}

extension SimulatedOrganization {
    /// What the labels of a user say beside login and number.
    fileprivate func decoration(_ login: String) -> [String: String] {
        guard let member = members.first(where: { $0.login == login }) else { return [:] }
        var labels: [String: String] = [:]
        if let name = member.name, !name.isEmpty { labels["user_name"] = name }
        labels["user_email"] = member.verifiedEmails.first
        return labels
    }
}
