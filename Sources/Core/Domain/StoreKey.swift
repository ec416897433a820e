/// A key of the store: printable ASCII, so that two keys are equal in every store just when their
/// bytes are.
public struct StoreKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The longest key, in UTF-8 bytes.
    public static let byteCountMax = 512

    /// The key as text, parts joined by `/`.
    public let description: String

    /// Checks a key: 1 to ``byteCountMax`` bytes of printable ASCII without spaces.
    public init?(_ text: String) {
        guard 1...Self.byteCountMax ~= text.utf8.count,
            text.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
        else { return nil }
        description = text
    }

    // For the families below, whose parts are checked types or fixed words.
    private init(parts: String...) { description = parts.joined(separator: "/") }

    /// Orders by UTF-8 bytes.
    public static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.description.utf8.lexicographicallyPrecedes(rhs.description.utf8)
    }
}

/// Everything that is remembered between two events, by family of keys.
extension StoreKey {
    /// An authorization that was begun and not yet finished, under the hash of its state, sealed;
    /// it expires.
    public static func pendingAuthorization(stateHash: String) -> StoreKey {
        StoreKey(parts: "pending", stateHash)
    }

    /// An ``Integration``.
    public static func integration(_ id: IntegrationID) -> StoreKey {
        StoreKey(parts: "integration", id.description)
    }

    /// What every key of an integration starts with.
    public static let integrationPrefix = "integration/"

    /// The tokens of an integration, sealed.
    public static func credentials(_ id: IntegrationID) -> StoreKey {
        StoreKey(parts: "credentials", id.description)
    }

    /// Who may refresh an integration's tokens now; it expires.
    public static func refreshLease(_ id: IntegrationID) -> StoreKey {
        StoreKey(parts: "lease", "refresh", id.description)
    }

    /// The key that pseudonyms of users are made with, sealed.
    public static let pseudonymKey = StoreKey(parts: "pseudonym-key")

    /// Where a diagnosis tries the store; it is removed at once, and expires if it is not.
    public static func doctor(_ number: UInt64) -> StoreKey {
        StoreKey(parts: "doctor", String(number, radix: 16))
    }

    /// The ``Manifest`` of one day of one installation.
    public static func manifest(
        _ id: IntegrationID, _ installation: InstallationID, _ day: Day
    ) -> StoreKey {
        StoreKey(parts: "manifest", id.description, installation.description, day.description)
    }

    /// What the key of every manifest starts with.
    public static let manifestPrefix = "manifest/"

    /// What the key of every manifest of one installation starts with.
    public static func manifestPrefix(
        _ id: IntegrationID, _ installation: InstallationID
    ) -> String {
        "manifest/\(id)/\(installation)/"
    }

    /// The ``KnownDays`` of one installation; it expires with its manifests.
    public static func knownDays(
        _ id: IntegrationID, _ installation: InstallationID
    ) -> StoreKey {
        StoreKey(parts: "days", id.description, installation.description)
    }

    /// What one source said of its series when it was last sent; it expires when days are closed.
    public static func imprint(
        _ id: IntegrationID, _ installation: InstallationID, _ day: Day, _ source: Source
    ) -> StoreKey {
        StoreKey(
            parts: "imprint", id.description, installation.description, day.description,
            source.rawValue)
    }
}
