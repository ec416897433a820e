/// One check of the doctor: its subject, the finding, and the fix.
public struct Check: Codable, Hashable, Sendable {
    /// The check; the raw value is part of the JSON output, so it never changes.
    public enum Name: String, Codable, CaseIterable, Sendable {
        /// The variables, as every command reads them.
        case settings
        /// The store keeps, returns and protects entries.
        case stateStore = "state-store"
        /// Every stored entry that a tick or a report needs can be read.
        case storedEntries = "stored-entries"
        /// The keys open every sealed entry.
        case encryptionKey = "encryption-key"
        /// GitHub's API responds.
        case gitHub = "github"
        /// This machine's clock agrees with GitHub's.
        case clock
        /// GitHub accepts the App's signature, and the settings name that App.
        case appKey = "app-key"
        /// The token for the enterprise's bill may read it.
        case billingToken = "billing-token"
        /// A person's authorization still works.
        case authorization
        /// The App is installed on an organization and not suspended.
        case installation
        /// The organization granted the permissions that a collection needs.
        case permissions
        /// GitHub issues a token for the organization.
        case token
        /// The organization has reports.
        case report
        /// The bill can be read.
        case billing
        /// The members and their e-mail addresses can be read.
        case members
        /// The parts of the organizations add up to the enterprise's bill.
        case enterpriseBill = "enterprise-bill"
        /// What was collected in the last weeks came out well.
        case outcomes
        /// A report file can be downloaded.
        case reportHost = "report-host"
        /// A backend accepts samples of yesterday.
        case backend
        /// The sample that a backend accepted can be read back.
        case query

        /// The checks of each organization.
        static let ofOrganization: [Name] = [
            .installation, .permissions, .token, .report, .billing, .members,
        ]
    }

    /// The result of a check.
    public enum Outcome: String, Codable, CaseIterable, Sendable {
        /// No problem.
        case ok
        /// Collection works, but something needs attention.
        case warning
        /// Data is not collected, or not kept, until a person acts.
        case problem
        /// Not checked, because a check it depends on found a problem.
        case skipped
    }

    /// The check.
    public var name: Name
    /// The organization, integration or backend, where there can be several.
    public var about: String?
    /// The result.
    public var outcome: Outcome
    /// The finding, in one sentence.
    public var seen: String
    /// The fix, in one sentence, if one is needed.
    public var fix: String?

    init(_ name: Name, _ about: String?, _ finding: Finding) {
        self.name = name
        self.about = about
        outcome = finding.outcome
        seen = finding.seen
        fix = finding.fix
    }
}

/// The finding of one check.
struct Finding: Sendable {
    let outcome: Check.Outcome
    let seen: String
    let fix: String?

    static func ok(_ seen: String) -> Finding {
        Finding(outcome: .ok, seen: seen, fix: nil)
    }

    static func warning(_ seen: String, fix: String) -> Finding {
        Finding(outcome: .warning, seen: seen, fix: fix)
    }

    static func problem(_ seen: String, fix: String) -> Finding {
        Finding(outcome: .problem, seen: seen, fix: fix)
    }

    static func skipped(needs name: Check.Name) -> Finding {
        Finding(outcome: .skipped, seen: "needs \(name.rawValue)", fix: nil)
    }
}
