import Domain
import Toolbox

/// The problems that follow from what was collected.
extension ConsoleProblem {
    /// Groups the faults of all organizations by their reason.
    ///
    /// - Parameters:
    ///   - server: The address of GitHub's pages.
    static func problems(
        of organizations: [OrganizationDays], server: String
    ) -> [ConsoleProblem] {
        var groups: [String: Group] = [:]
        for organization in organizations {
            for day in organization.days {
                for fault in day.faults {
                    let key = key(fault, organization.organization)
                    groups[key, default: Group(fault: fault)].add(organization, day.day)
                }
            }
        }
        let faults = groups.values.sorted {
            ($1.newest, $1.organizations.count, $0.fault.reason)
                < ($0.newest, $0.organizations.count, $1.fault.reason)
        }.map { $0.problem(server) }
        return suspended(organizations, server) + faults
    }

    /// Reasons that differ only in the organization or the day are one.
    private static func key(_ fault: DaySummary.Fault, _ login: OrganizationLogin) -> String {
        let reason = fault.reason.replacing("\(login)", with: "ORGANIZATION")
            .replacing(/\d{4}-\d\d-\d\d/, with: "DAY")
        return "\(fault.outcome.rawValue) \(reason)"
    }

    private struct Group {
        var fault: DaySummary.Fault
        var organizations: [OrganizationDays] = []
        var days: Set<Day> = []
        var newest = Day(number: 0)

        mutating func add(_ organization: OrganizationDays, _ day: Day) {
            days.insert(day)
            newest = max(newest, day)
            if organizations.last?.organization != organization.organization {
                organizations.append(organization)
            }
        }

        func problem(_ server: String) -> ConsoleProblem {
            let what = fault.source?.words ?? "All reports"
            let period = days.count == 1 ? "\(newest)" : "\(days.count) days, the newest \(newest)"
            let single = organizations.count == 1 ? organizations.first : nil
            let oldest = days.min() ?? newest
            let isRetried = fault.outcome == .failed || fault.outcome == .rejected
            return ConsoleProblem(
                "\(what.capitalizedFirst) \(fault.outcome.words)",
                fault.reason, organizations: organizations.map(\.organization), period: period,
                links: single.map { ConsoleProblem.links(fault.outcome, $0, newest, server) } ?? [],
                command: isRetried ? nil : "copilot-local tick --from \(oldest) --to \(newest)",
                button: ConsoleProblem.collectButton(
                    organizations.map(\.organization), oldest...newest))
        }
    }

    private static func links(
        _ outcome: Outcome, _ organization: OrganizationDays, _ day: Day, _ server: String
    ) -> [Link] {
        let login = organization.organization
        let settings = "\(server)/organizations/\(login)/settings"
        let own = Link("What happened on \(day)", "/organizations/\(login)/days/\(day)")
        switch outcome {
        case .policyOff:
            return [Link("Open the Copilot policies", "\(settings)/copilot/policies"), own]
        case .noPermission:
            return [
                Link(
                    "Review the App's permissions",
                    "\(settings)/installations/\(organization.installation)"), own,
            ]
        default: return [own]
        }
    }

    private static func suspended(
        _ organizations: [OrganizationDays], _ server: String
    ) -> [ConsoleProblem] {
        organizations.filter { $0.suspendedAt != nil }.map { item in
            ConsoleProblem(
                "The App is suspended",
                "Nothing of \(item.organization) is collected. An owner can unsuspend the "
                    + "installation in the organization's settings, under GitHub Apps.",
                organizations: [item.organization],
                period: item.suspendedAt.map { "since \($0.words)" },
                links: [
                    Link(
                        "Open the installation",
                        "\(server)/organizations/\(item.organization)/settings/installations/\(item.installation)"
                    )
                ])
        }
    }

    /// Days after the first that nobody has read.
    static func missing(
        _ organizations: [OrganizationDays], through newest: Day
    ) -> ConsoleProblem? {
        var days: Set<Day> = []
        var logins: [OrganizationLogin] = []
        for item in organizations {
            guard let first = item.days.first?.day, first <= newest else { continue }
            let read = Set(item.days.map(\.day))
            let gone = (first...newest).filter { !read.contains($0) }
            guard !gone.isEmpty else { continue }
            days.formUnion(gone)
            logins.append(item.organization)
        }
        return collectAgain(
            "Days that were never read", "No tick has asked for them. Collect them once.",
            logins, days)
    }

    /// Days that still wait for a source, and are too old for ticks to read again.
    static func givenUp(
        _ organizations: [OrganizationDays], through newest: Day
    ) -> ConsoleProblem? {
        let oldest = newest.advanced(by: 1 - Manifest.openDayCountMax)
        var days: Set<Day> = []
        var logins: [OrganizationLogin] = []
        for item in organizations {
            let old = item.days.filter { !$0.isFinal && $0.faults.isEmpty && $0.day < oldest }
            guard !old.isEmpty else { continue }
            days.formUnion(old.map(\.day))
            logins.append(item.organization)
        }
        return collectAgain(
            "Days that ticks no longer ask for",
            "GitHub had not published everything after \(Manifest.openDayCountMax) days. "
                + "Collect them to ask once more.", logins, days, isMild: true)
    }

    private static func collectAgain(
        _ title: String, _ reason: String, _ logins: [OrganizationLogin], _ days: Set<Day>,
        isMild: Bool = false
    ) -> ConsoleProblem? {
        guard let first = days.min(), let last = days.max() else { return nil }
        return ConsoleProblem(
            title, reason, organizations: logins,
            period: days.count == 1 ? "\(first)" : "\(days.count) days, \(first) to \(last)",
            command: "copilot-local tick --from \(first) --to \(last)",
            button: collectButton(logins, first...last), isMild: isMild)
    }

    /// A button that collects days; nil if they are too many for one tick.
    private static func collectButton(
        _ logins: [OrganizationLogin], _ days: ClosedRange<Day>
    ) -> Button? {
        guard days.lowerBound.distance(to: days.upperBound) < ConsoleAction.dayCountMax else {
            return nil
        }
        let named = logins.count <= CollectPage.organizationCountMax ? logins : []
        return Button("Collect these days", .collect(named, days))
    }
}
