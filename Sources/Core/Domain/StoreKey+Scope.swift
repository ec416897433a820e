extension StoreKey {
    /// Whom an entry belongs to, for stores that keep the entries of each integration together.
    public enum Scope: Hashable, Sendable {
        /// One integration: its tokens, leases, days and problems.
        case integration(IntegrationID)
        /// No integration. `integration/INTEGRATION` is here too, because integrations are listed.
        case common
    }

    /// Whom the entry belongs to, by its key.
    public var scope: Scope { Self.withoutScopedPrefix(description).map(Self.scope) ?? .common }

    /// Whom all entries belong to whose keys have a prefix; nil if that differs between them.
    ///
    /// `days/1001-demo/` belongs to one integration. `days/1001-demo` may also begin a longer ID.
    public static func scope(ofPrefix prefix: String) -> Scope? {
        if let rest = withoutScopedPrefix(prefix) {
            return rest.contains("/") ? scope(rest) : nil
        }
        return scopedPrefixes.contains { $0.hasPrefix(prefix) } ? nil : .common
    }

    /// The prefixes that an integration's ID follows.
    private static let scopedPrefixes = [
        "credentials/", "days/", "imprint/", "lease/refresh/", "manifest/",
        "problems/integration/", "problems/organization/",
    ]

    private static func withoutScopedPrefix(_ text: String) -> Substring? {
        scopedPrefixes.first(where: text.hasPrefix).map { text.dropFirst($0.count) }
    }

    private static func scope(_ rest: Substring) -> Scope {
        IntegrationID(String(rest.prefix { $0 != "/" })).map { .integration($0) } ?? .common
    }
}
