/// A kind of data that GitHub provides for one day of one organization.
///
/// Each has its own outcome.
///
/// The raw values are names in manifests and store keys, and never change.
public enum Source: String, Codable, CaseIterable, Sendable, CodingKeyRepresentable {
    /// The report with the organization's totals: one record.
    case organization = "organization-1-day"
    /// The report with one record per user.
    case users = "users-1-day"
    /// The report with one record per user and team.
    case userTeams = "user-teams-1-day"
    /// The organization's bill: quantities and amounts of the month so far.
    case billing
    /// The members of the organization: names and e-mail addresses for the users' labels.
    case members

    /// The sources that are reports with download links.
    ///
    /// Their raw values are part of the API's paths.
    public static let reports: [Source] = [.organization, .users, .userTeams]
}

/// The outcome of collecting one source of one day.
///
/// The raw values are part of manifests and never change.
public enum Outcome: String, Codable, CaseIterable, Sendable {
    /// The backend accepted the samples of the day for the first time.
    case written
    /// The content is the same as before, so nothing was sent.
    case unchanged
    /// The content differs from before and was sent again.
    case restated
    /// GitHub has not published the data yet. A later tick asks again.
    case notReady = "not-ready"
    /// The source is not collected for this day, by design or by configuration.
    case notApplicable = "not-applicable"
    /// The App or its installation lacks a permission.
    case noPermission = "no-permission"
    /// The organization's "Copilot usage metrics" policy is off.
    case policyOff = "policy-off"
    /// An enterprise pays the organization's bill.
    case notBilledHere = "not-billed-here"
    /// The backend refused some or all samples.
    case rejected
    /// Reading or sending the data failed.
    case failed

    /// Whether reading the source again would change nothing: its data is written, or a person has
    /// to act first.
    public var isSettled: Bool {
        switch self {
        case .written, .unchanged, .restated, .notApplicable, .noPermission, .policyOff,
            .notBilledHere:
            true
        case .notReady, .rejected, .failed: false
        }
    }

    /// Whether the outcome makes the exit status 1.
    ///
    /// A refusal is a fault although it is settled, because the data is missing until a person acts.
    /// A bill that an enterprise pays is not a fault.
    public var isFault: Bool {
        switch self {
        case .noPermission, .policyOff, .rejected, .failed: true
        case .written, .unchanged, .restated, .notReady, .notApplicable, .notBilledHere: false
        }
    }
}
