/// A key of the store, such as `integration/1001-copilot`.
///
/// | key | value |
/// | --- | --- |
/// | `github-app` | the GitHub App that the setup page made, sealed |
/// | `used-authorization/HASH` | marks an authorization as used; expires |
/// | `integration/INTEGRATION` | an ``Integration`` |
/// | `credentials/INTEGRATION` | the tokens of an integration, sealed |
/// | `lease/refresh/INTEGRATION` | the lease on refreshing those tokens; expires |
/// | `manifest/INTEGRATION/INSTALLATION/DAY` | a ``Manifest``; expires |
/// | `days/INTEGRATION/INSTALLATION` | which days are final: `KnownDays`; expires |
/// | `imprint/INTEGRATION/INSTALLATION/DAY/SOURCE` | the series that were sent last; expires |
/// | `problems/integration/INTEGRATION` | a ``ProblemList``, written by ticks; expires |
/// | `problems/organization/INTEGRATION/INSTALLATION` | the same, written by collections; expires |
/// | `problems/runner` | the same, written by the local runner; expires |
/// | `tick/last` | a ``LastTick`` |
/// | `pseudonym-key` | the key for pseudonyms of users, sealed |
/// | `doctor/NUMBER` | a trial entry of `copilot-local doctor`; expires |
///
/// Keys are printable ASCII, so that every store compares and sorts them by their bytes.
public struct StoreKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The largest size of a key, in bytes.
    public static let byteCountMax = 512

    /// The key as text, with its parts separated by `/`.
    public let description: String

    /// Checks a key: 1 to ``byteCountMax`` bytes of printable ASCII without spaces.
    public init?(_ text: String) {
        guard 1...Self.byteCountMax ~= text.utf8.count,
            text.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
        else { return nil }
        description = text
    }

    // The parts are constants or types that were checked.
    private init(parts: String...) { description = parts.joined(separator: "/") }

    /// Orders by bytes.
    public static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.description.utf8.lexicographicallyPrecedes(rhs.description.utf8)
    }
}

/// All keys, by kind of entry.
extension StoreKey {
    /// The key of the GitHub App that the setup page made, sealed.
    public static let gitHubApp = StoreKey(parts: "github-app")

    /// The key of an authorization that was used.
    ///
    /// The entry expires.
    ///
    /// - Parameter stateHash: The hash of the OAuth `state` parameter, in base64url.
    public static func usedAuthorization(stateHash: String) -> StoreKey {
        StoreKey(parts: "used-authorization", stateHash)
    }

    /// The key of an ``Integration``.
    public static func integration(_ id: IntegrationID) -> StoreKey {
        StoreKey(parts: "integration", id.description)
    }

    /// The prefix of the keys of all integrations.
    public static let integrationPrefix = "integration/"

    /// The key of an integration's tokens, sealed.
    public static func credentials(_ id: IntegrationID) -> StoreKey {
        StoreKey(parts: "credentials", id.description)
    }

    /// The key of the lease on refreshing an integration's tokens.
    ///
    /// The entry expires.
    public static func refreshLease(_ id: IntegrationID) -> StoreKey {
        StoreKey(parts: "lease", "refresh", id.description)
    }

    /// The key of the secret from which pseudonyms of users are derived, sealed.
    public static let pseudonymKey = StoreKey(parts: "pseudonym-key")

    /// The key of an entry that a diagnosis writes and removes to test the store.
    ///
    /// The entry expires.
    public static func doctor(_ number: UInt64) -> StoreKey {
        StoreKey(parts: "doctor", String(number, radix: 16))
    }

    /// The key of the ``Manifest`` of one day of an installation.
    public static func manifest(
        _ id: IntegrationID, _ installation: InstallationID, _ day: Day
    ) -> StoreKey {
        StoreKey(parts: "manifest", id.description, installation.description, day.description)
    }

    /// The prefix of the keys of all manifests.
    public static let manifestPrefix = "manifest/"

    /// The prefix of the keys of an installation's manifests.
    public static func manifestPrefix(
        _ id: IntegrationID, _ installation: InstallationID
    ) -> String {
        "manifest/\(id)/\(installation)/"
    }

    /// The key of the `KnownDays` of an installation.
    ///
    /// The entry expires with its manifests.
    public static func knownDays(
        _ id: IntegrationID, _ installation: InstallationID
    ) -> StoreKey {
        StoreKey(parts: "days", id.description, installation.description)
    }

    /// The prefix of the keys of ``knownDays(_:_:)`` of one integration.
    public static func knownDaysPrefix(_ id: IntegrationID) -> String { "days/\(id)/" }

    /// The key of the series that were last sent for a source.
    ///
    /// The entry expires when its day is final.
    public static func imprint(
        _ id: IntegrationID, _ installation: InstallationID, _ day: Day, _ source: Source
    ) -> StoreKey {
        StoreKey(
            parts: "imprint", id.description, installation.description, day.description,
            source.rawValue)
    }

    /// The prefix of the keys of all problems.
    public static let problemsPrefix = "problems/"

    /// The key of the problems that ticks find with an integration, a ``ProblemList``.
    ///
    /// The entry expires.
    public static func problems(_ id: IntegrationID) -> StoreKey {
        StoreKey(parts: "problems", "integration", id.description)
    }

    /// The key of the problems that collections find with an organization, a ``ProblemList``.
    ///
    /// The entry expires.
    public static func problems(
        _ id: IntegrationID, _ installation: InstallationID
    ) -> StoreKey {
        StoreKey(parts: "problems", "organization", id.description, installation.description)
    }

    /// The key of the problems that the local runner finds, a ``ProblemList``.
    ///
    /// The entry expires.
    public static let runnerProblems = StoreKey(parts: "problems", "runner")

    /// The key of the ``LastTick``.
    public static let tickRun = StoreKey(parts: "tick", "last")
}
