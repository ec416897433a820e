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
/// The raw values are part of manifests and never change. The list is open: after a return to an older
/// version, a manifest may hold an outcome that only the newer one knows.
public enum Outcome: Hashable, Sendable {
    /// The backend accepted the samples of the day for the first time.
    case written
    /// The content is the same as before, so nothing was sent.
    case unchanged
    /// The content differs from before and was sent again.
    case restated
    /// GitHub has not published the data yet. A later tick asks again.
    case notReady
    /// The source is not collected for this day, by design or by configuration.
    case notApplicable
    /// The App or its installation lacks a permission.
    case noPermission
    /// The organization's "Copilot usage metrics" policy is off.
    case policyOff
    /// An enterprise pays the organization's bill.
    case notBilledHere
    /// The backend refused some or all samples.
    case rejected
    /// Reading or sending the data failed.
    case failed
    /// An outcome of a newer version.
    case unknown(String)

    /// Whether reading the source again would change nothing: its data is written, or a person has
    /// to act first.
    public var isSettled: Bool {
        switch self {
        case .written, .unchanged, .restated, .notApplicable, .noPermission, .policyOff,
            .notBilledHere:
            true
        case .notReady, .rejected, .failed, .unknown: false
        }
    }

    /// Whether GitHub refuses the source until a person allows it.
    public var isRefusal: Bool { self == .noPermission || self == .policyOff }

    /// Whether the outcome makes the exit status 1.
    ///
    /// A refusal is a fault although it is settled, because the data is missing until a person acts.
    /// A bill that an enterprise pays is not a fault.
    public var isFault: Bool {
        switch self {
        case .noPermission, .policyOff, .rejected, .failed: true
        case .written, .unchanged, .restated, .notReady, .notApplicable, .notBilledHere, .unknown:
            false
        }
    }
}

extension Outcome: RawRepresentable, CaseIterable, Codable {
    /// The outcomes that this version knows.
    public static let allCases: [Outcome] = [
        .written, .unchanged, .restated, .notReady, .notApplicable, .noPermission, .policyOff,
        .notBilledHere, .rejected, .failed,
    ]

    /// The outcome's word in manifests.
    public var rawValue: String {
        switch self {
        case .written: "written"
        case .unchanged: "unchanged"
        case .restated: "restated"
        case .notReady: "not-ready"
        case .notApplicable: "not-applicable"
        case .noPermission: "no-permission"
        case .policyOff: "policy-off"
        case .notBilledHere: "not-billed-here"
        case .rejected: "rejected"
        case .failed: "failed"
        case .unknown(let word): word
        }
    }

    /// The outcome of a word; any other word is ``unknown(_:)``.
    public init(rawValue: String) {
        self = Self.allCases.first { $0.rawValue == rawValue } ?? .unknown(rawValue)
    }
}
