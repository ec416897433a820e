extension StoreKey {
    /// A kind of entry, by the first part of its key.
    ///
    /// The raw values are part of stored keys and never change.
    public enum Kind: String, CaseIterable, Sendable {
        /// An authorization that was used.
        case usedAuthorization = "used-authorization"
        /// The GitHub App that the setup page made, sealed.
        case gitHubApp = "github-app"
        /// An ``Integration``.
        case integration
        /// The tokens of an integration, sealed.
        case credentials
        /// A lease of one process.
        case lease
        /// A ``Manifest``.
        case manifest
        /// The known days of an installation.
        case days
        /// A series snapshot.
        case imprint
        /// A ``ProblemList``.
        case problems
        /// The ``LastTick``.
        case tick
        /// The key of pseudonyms, sealed.
        case pseudonymKey = "pseudonym-key"
        /// What the local runner remembers of itself.
        case runner
        /// A trial entry of a diagnosis.
        case doctor

        /// The version of the format that this program writes.
        ///
        /// It also reads every earlier one, and none that is later. A field that readers may leave out
        /// does not change the version; anything that an older program would misread does.
        public var formatVersion: Int { 1 }

        /// Whether the values are sealed with a key of `STATE_ENCRYPTION_KEYS`.
        public var isSealed: Bool {
            switch self {
            case .credentials, .gitHubApp, .pseudonymKey: true
            case .usedAuthorization, .integration, .lease, .manifest, .days, .imprint, .problems,
                .tick, .runner, .doctor:
                false
            }
        }
    }

    /// The kind of the entry; nil if this version has no such kind.
    public var kind: Kind? {
        Kind(rawValue: String(description.prefix { $0 != "/" }))
    }

    /// The version of the format that this program writes under this key.
    public var formatVersion: Int { kind?.formatVersion ?? 1 }
}
