import Domain
import GitHubSimulator

/// What a tick for one day comes to under a scenario.
struct ScenarioEnding: Sendable, CustomStringConvertible {
    /// The scenario.
    var scenario: String
    /// How the tick leaves.
    var status = 0
    /// What became of the first organization's sources where it is not written; nil if the
    /// organization is not collected at all.
    var first: [Source: Outcome]? = [:]
    /// The same of the second organization.
    var second: [Source: Outcome]? = [:]
    /// Words in the reasons of the first organization's sources.
    var reasons: [Source: String] = [:]
    /// Words in what was noted of the first organization's sources.
    var notes: [Source: String] = [:]
    /// Words in what the tick says of organizations and integrations it left out.
    var remark: String?
    /// Whether the next tick makes it good.
    var heals = false
    /// Whether its faults concern what this tick does not ask.
    var isIdle = false
    /// What is done to the files, where that changes what they say.
    var effect: Fault.Effect?

    var description: String { scenario }

    private static let noReports: [Source: Outcome] = [
        .organization: .notReady, .users: .notReady, .userTeams: .notReady, .members: .notReady,
    ]

    private static func refused(_ outcome: Outcome) -> [Source: Outcome] {
        [
            .organization: outcome, .users: outcome, .userTeams: outcome,
            .members: .notApplicable,
        ]
    }

    private static func refusedAll(_ outcome: Outcome) -> [Source: Outcome] {
        refused(outcome).merging([.billing: outcome]) { $1 }
    }

    private static let spoiled: [Source: Outcome] = [
        .users: .failed, .userTeams: .failed, .members: .notReady,
    ]

    /// An ending for every scenario there is.
    static let all: [ScenarioEnding] = [
        Self(scenario: "plain"),
        Self(scenario: "app-name-taken"),
        Self(scenario: "manifest-code-expired", isIdle: true),
        Self(scenario: "manifest-outage", isIdle: true),
        Self(scenario: "manifest-answer-lost", isIdle: true),
        Self(scenario: "manifest-damaged-key", isIdle: true),
        Self(scenario: "install-without-code"),
        Self(scenario: "token-lifetimes"),
        Self(scenario: "tokens-as-form"),
        Self(
            scenario: "app-deleted", status: 1, first: nil, second: nil,
            remark: "Authorize again"),
        Self(scenario: "app-renamed"),
        Self(scenario: "late-reports", first: noReports, second: noReports),
        Self(
            scenario: "uneven-reports", first: [.users: .notReady, .members: .notReady],
            second: [.users: .notReady, .members: .notReady],
            reasons: [.users: "not yet", .members: "see users-1-day"]),
        Self(scenario: "restated-day"),
        Self(scenario: "missing-teams", first: [.userTeams: .notReady]),
        Self(
            scenario: "empty-answers", first: noReports,
            second: [.organization: .notReady, .users: .notReady, .members: .notReady],
            reasons: [
                .organization: "an empty response instead", .users: "a string instead",
                .userTeams: "no files",
            ]),
        Self(
            scenario: "missing-files", first: [.users: .notReady, .members: .notReady],
            reasons: [.users: "does not exist yet"]),
        Self(
            scenario: "suspended-installation", status: 1, first: nil,
            remark: "An owner of acme can unsuspend it"),
        Self(
            scenario: "policy-off", status: 1, first: refused(.policyOff),
            reasons: [.users: "Enabled everywhere"]),
        Self(
            scenario: "no-members-permission", status: 1, first: [.members: .noPermission],
            reasons: [.members: "Members: read"], remark: "its owner is not known"),
        Self(
            scenario: "no-metrics-permission", status: 1, first: refused(.noPermission),
            reasons: [.organization: "Organization Copilot metrics: read"],
            remark: "an owner of acme must approve it"),
        Self(
            scenario: "no-billing-permission", status: 1, first: [.billing: .noPermission],
            reasons: [.billing: "Administration: read"]),
        Self(
            scenario: "billed-elsewhere", first: [.billing: .notBilledHere],
            reasons: [.billing: "an enterprise pays"]),
        Self(
            scenario: "forbidden-emails",
            notes: [.members: "withheld some members' e-mail addresses"]),
        Self(
            scenario: "odd-installation", status: 1, first: nil,
            remark: "GitHub describes this account in an unknown form"),
        Self(scenario: "not-an-owner", first: nil, remark: "does not own acme"),
        Self(
            scenario: "revoked-authorization", status: 1, first: nil, second: nil,
            remark: "Authorize again", isIdle: true),
        Self(scenario: "many-installations", remark: "Install the App on its organizations"),
        Self(scenario: "expired-links"),
        Self(
            scenario: "rate-limited", status: 1, first: [.organization: .failed],
            reasons: [.organization: "wait 1 s"]),
        Self(scenario: "past-limit"),
        Self(scenario: "flaky"),
        Self(
            scenario: "outage", status: 1, first: nil, second: nil,
            remark: "unavailable"),
        Self(scenario: "broken-connections"),
        Self(scenario: "broken-downloads"),
        Self(
            scenario: "silent-calls", status: 1,
            first: [.users: .failed, .members: .notReady],
            reasons: [.users: "timed out after 10"], heals: true),
        Self(
            scenario: "stalled-downloads", status: 1,
            first: [.users: .failed, .members: .notReady],
            reasons: [.users: "127.0.0.1: no data for 1 s"], heals: true),
        Self(scenario: "damaged-downloads"),
        Self(
            scenario: "bad-lines", status: 1, first: spoiled, second: spoiled,
            reasons: [.users: "Nothing of this report was sent"]),
        Self(
            scenario: "graphql-rate-limited", status: 1, first: [.members: .failed],
            reasons: [.members: "rate limit is reached"]),
        Self(
            scenario: "single-sign-on", status: 1, first: refusedAll(.noPermission),
            reasons: [.organization: "single sign-on", .billing: "authorize again"]),
        Self(
            scenario: "ip-allow-list", status: 1, first: refusedAll(.noPermission),
            reasons: [.users: "IP allow list of acme", .billing: "An owner must add it"]),
        Self(
            scenario: "used-up-limit", status: 1,
            first: [
                .organization: .failed, .users: .failed, .userTeams: .failed, .billing: .failed,
                .members: .notReady,
            ],
            reasons: [.users: "rate limit is reached", .billing: "wait 60 min"]),
        Self(
            scenario: "graphql-errors", status: 1, first: [.members: .failed],
            second: [.members: .failed],
            reasons: [.members: "without names and e-mail addresses"]),
        Self(scenario: "renamed-organization", first: nil),
        Self(
            scenario: "left-organization", status: 1,
            first: Dictionary(uniqueKeysWithValues: Source.allCases.map { ($0, .failed) }),
            reasons: [.billing: "no longer installed"]),
        Self(
            scenario: "clock-skew", status: 1, first: nil, second: nil,
            remark: "this machine's clock is 10 min ahead of GitHub's"),
        Self(
            scenario: "suspended-meanwhile", status: 1,
            first: Dictionary(uniqueKeysWithValues: Source.allCases.map { ($0, .failed) }),
            reasons: [.users: "An owner can unsuspend it"]),
        Self(
            scenario: "differing-bills",
            notes: [.billing: "do not add up to its sum in GitHub's summary"]),
        Self(scenario: "second-product"),
        Self(scenario: "enterprise-pays"),
        Self(scenario: "enterprise-difference"),
        Self(
            scenario: "enterprise-scope", status: 1, first: [.billing: .noPermission],
            reasons: [.billing: "lacks the scope manage_billing:enterprise (it has read:enter"]),
        Self(
            scenario: "enterprise-fine-grained", status: 1, first: [.billing: .noPermission],
            reasons: [.billing: "only to classic tokens"]),
        Self(
            scenario: "enterprise-stranger", status: 1, first: [.billing: .noPermission],
            reasons: [.billing: "GitHub does not know the enterprise acme-inc, or the person"]),
        Self(
            scenario: "enterprise-single-sign-on", status: 1, first: [.billing: .noPermission],
            reasons: [.billing: "Configure SSO beside the token"]),
        Self(
            scenario: "enterprise-revoked-token", status: 1, first: [.billing: .noPermission],
            reasons: [.billing: "it has expired, was revoked or is mistyped"]),
        Self(
            scenario: "enterprise-other-organization", status: 1, first: [.billing: .failed],
            reasons: [.billing: "is of another organization"]),
        Self(scenario: "fresh-user-tokens"),
        Self(scenario: "fresh-installation-tokens"),
        Self(scenario: "fresh-permissions"),
        Self(
            scenario: "graphql-rate-limit", status: 1, first: [.members: .failed],
            reasons: [.members: "rate limit is reached"]),
        Self(
            scenario: "graphql-allow-list", status: 1, first: [.members: .noPermission],
            reasons: [.members: "IP allow list of acme"]),
        Self(
            scenario: "graphql-single-sign-on", status: 1, first: [.members: .noPermission],
            reasons: [.members: "single sign-on"]),
        Self(
            scenario: "hidden-organizations", status: 1, first: nil,
            remark: "1 organization is hidden by SAML single sign-on"),
        Self(
            scenario: "authorization-pause", status: 1, first: nil, second: nil, heals: true),
        Self(
            scenario: "filter-page", status: 1,
            first: [
                .organization: .failed, .users: .failed, .userTeams: .failed, .billing: .failed,
                .members: .notReady,
            ],
            reasons: [.users: "a proxy or filter answered", .billing: "an HTML page arrived"]),
        Self(
            scenario: "filter-files", status: 1, first: [.users: .failed, .members: .notReady],
            reasons: [.users: "an HTML page arrived in place of a report file"]),
        Self(
            scenario: "filter-missing", status: 1, first: [.users: .failed, .members: .notReady],
            reasons: [.users: "an HTML page arrived in place of a report file"]),
        Self(
            scenario: "filter-redirect", status: 1, first: [.users: .failed, .members: .notReady],
            reasons: [.users: "a redirect arrived in place of a report file"]),
        Self(
            scenario: "owner-lost", status: 1, first: nil,
            remark: "the authorizing person no longer owns it"),
        Self(
            scenario: "unproven-owner", first: nil,
            remark: "nothing is collected yet, because it is not known who owns it"),
        Self(scenario: "slow-members"),
        Self(scenario: "slow-members-quietly"),
        Self(scenario: "slow-installations"),
        Self(
            scenario: "odd-bill-item",
            notes: [.billing: "copilot_premium_request without unitType"]),
        Self(
            scenario: "odd-member",
            notes: [.members: "1 member was skipped"]),
        Self(
            scenario: "odd-record",
            notes: [.users: "file 1, line 1"]),
        Self(scenario: "gzip-reports"),
        Self(scenario: "gzip-files"),
        Self(scenario: "zstd-reports"),
        Self(scenario: "zstd-files"),
        Self(scenario: "byte-order-marks"),
        Self(scenario: "list-files"),
        Self(scenario: "document-files"),
        Self(
            scenario: "long-lines", status: 1, first: [.users: .failed, .members: .notReady],
            reasons: [.users: "the record is larger than 16 MiB"]),
        Self(
            scenario: "other-days", status: 1, first: [.users: .failed, .members: .notReady],
            second: [.users: .failed, .members: .notReady],
            reasons: [.users: "the report has no usable records"]),
        Self(
            scenario: "unknown-fields",
            notes: [
                .organization: "`daily_active_astronauts` (1 time), `totals_by_orbit` (1 time)",
                .users: "totals_by_orbit",
            ]),
        Self(
            scenario: "cut-files", status: 1, first: [.users: .failed, .members: .notReady],
            reasons: [.users: "the file ends within a record"]),
        Self(scenario: "repeated-users"),
        Self(scenario: "repeated-rows", effect: .repeatsRows),
    ]
}
