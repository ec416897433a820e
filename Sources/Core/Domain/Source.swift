/// What is read from GitHub for one day of one organization; each has an outcome of its own.
public enum Source: String, Codable, CaseIterable, Sendable, CodingKeyRepresentable {
    /// The organization's totals.
    case organization = "organization-1-day"
    /// One record a user.
    case users = "users-1-day"
    /// One record a user and team.
    case userTeams = "user-teams-1-day"
    /// The month's quantities and amounts so far.
    case billing
    /// Who is a member: names and addresses for the users' labels.
    case members

    /// The sources that are reports behind download links; their raw value stands in the address.
    public static let reports: [Source] = [.organization, .users, .userTeams]
}

/// What became of one source of one day.
public enum Outcome: String, Codable, CaseIterable, Sendable {
    /// Its samples were taken by the backend, for the first time.
    case written
    /// It says what it said before, so nothing was sent.
    case unchanged
    /// It says something else than before, and was sent again.
    case restated
    /// GitHub does not have it yet; a later tick asks again.
    case notReady = "not-ready"
    /// It is not read for this day, by design or by setting.
    case notApplicable = "not-applicable"
    /// The App, or this installation of it, lacks a permission.
    case noPermission = "no-permission"
    /// The organization's "Copilot usage metrics" policy is off.
    case policyOff = "policy-off"
    /// The organization is billed elsewhere, by an enterprise.
    case notBilledHere = "not-billed-here"
    /// The backend refused samples.
    case rejected
    /// It could not be read or sent.
    case failed

    /// Whether another reading of the day adds nothing: what GitHub has is written, or a person
    /// has to act first.
    public var isSettled: Bool {
        switch self {
        case .written, .unchanged, .restated, .notApplicable, .noPermission, .policyOff,
            .notBilledHere:
            true
        case .notReady, .rejected, .failed: false
        }
    }

    /// Whether a person should hear of it through the exit status.
    ///
    /// A settled refusal counts: the organization asked for the numbers and does not get them.
    /// Billing kept elsewhere is a fact of the organization, not a fault.
    public var isFault: Bool {
        switch self {
        case .noPermission, .policyOff, .rejected, .failed: true
        case .written, .unchanged, .restated, .notReady, .notApplicable, .notBilledHere: false
        }
    }
}
