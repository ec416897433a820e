/// One thing that was looked at, what was seen, and what to do about it.
public struct Check: Codable, Hashable, Sendable {
    /// What is looked at; the raw value stands in JSON, so it never changes.
    public enum Name: String, Codable, CaseIterable, Sendable {
        /// The variables, as every command reads them.
        case settings
        /// The store keeps, gives back and protects what is put into it.
        case stateStore = "state-store"
        /// The key opens what was sealed.
        case encryptionKey = "encryption-key"
        /// GitHub's API answers.
        case gitHub = "github"
        /// This machine's clock and GitHub's agree.
        case clock
        /// GitHub accepts what the App signs, and the settings name that App.
        case appKey = "app-key"
        /// A person's authorization still works.
        case authorization
        /// The App is installed on an organization and not suspended.
        case installation
        /// The organization granted what is needed.
        case permissions
        /// GitHub gives a token for the organization.
        case token
        /// There are reports.
        case report
        /// The bill can be read.
        case billing
        /// The members can be read, and their addresses.
        case members
        /// A report's file can be fetched.
        case reportHost = "report-host"
        /// A backend takes samples of yesterday.
        case backend

        /// What is looked at for each organization.
        static let ofOrganization: [Name] = [
            .installation, .permissions, .token, .report, .billing, .members,
        ]
    }

    /// How it is.
    public enum Outcome: String, Codable, CaseIterable, Sendable {
        /// As it should be.
        case ok
        /// Worth a look; collecting works.
        case warning
        /// Something is not collected, or not kept, until a person acts.
        case problem
        /// Not looked at, because it needs what has a problem.
        case skipped
    }

    /// What was looked at.
    public var name: Name
    /// Which organization, integration or backend, if there can be several.
    public var about: String?
    /// How it is.
    public var outcome: Outcome
    /// What was seen, in one sentence.
    public var seen: String
    /// What a person should do, in one sentence, if anything.
    public var fix: String?

    init(_ name: Name, _ about: String?, _ finding: Finding) {
        self.name = name
        self.about = about
        outcome = finding.outcome
        seen = finding.seen
        fix = finding.fix
    }
}

/// What came of looking at something.
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
