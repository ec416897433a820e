public import GitHub
public import Domain
public import Ports

/// Keeps an integration's token working.
///
/// A refresh token works once and takes the old pair down with it, so there is one refresher at a
/// time, under a lease, and the new pair is stored before it is used.
/// Source: <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens>.
public struct TokenKeeper: Sendable {
    /// A token, and which writing of the credentials it is from.
    private struct Token {
        let secret: Secret
        let version: StoreVersion
    }

    /// A token is renewed when it works no longer than this.
    private static let margin: Duration = .seconds(600)
    /// Longer than a request to GitHub and a write may take; a refresher that died is not waited
    /// for any longer.
    private static let lease: Duration = .seconds(120)
    private static let storeTriesMax = 3

    private let store: any KeyValueStore
    private let vault: any Vault
    private let clock: any WallClock
    private let github: GitHubClient

    /// Creates a keeper.
    ///
    /// - Parameters:
    ///   - store: Where the tokens are kept.
    ///   - vault: Opens the tokens, and seals new ones.
    ///   - clock: Says whether a token still works.
    ///   - github: Gives new tokens.
    public init(
        store: any KeyValueStore, vault: any Vault, clock: any WallClock, github: GitHubClient
    ) {
        self.store = store
        self.vault = vault
        self.clock = clock
        self.github = github
    }

    /// Asks GitHub what an integration reaches, by a token that works.
    ///
    /// - Parameters:
    ///   - id: The integration.
    ///   - only: The organizations to look at; nil for all.
    /// - Returns: The reach.
    /// - Throws: `unauthorized` if the person has to authorize again, `conflict` if somebody else
    ///   is renewing a token that is of no use any more, `unreadableState`, or what GitHub and the
    ///   store throw.
    public func reach(
        of id: IntegrationID, only: [OrganizationLogin]? = nil
    ) async throws(Failure) -> Reach {
        let token = try await token(of: id)
        do {
            return try await github.reach(token: token.secret, only: only)
        } catch let failure where failure.code == .unauthorized {
            // A token is also refused because a person authorized again, or somebody else renewed
            // it, since it was read here.
            let now = try await self.token(of: id)
            guard now.version != token.version else { throw failure }
            return try await github.reach(token: now.secret, only: only)
        }
    }

    /// Finds a token of an integration that works, renewing it if it must be.
    ///
    /// - Returns: A token that works for some minutes.
    /// - Throws: `unauthorized` if the person has to authorize again, `conflict` if somebody else
    ///   is renewing a token that is of no use any more, `unreadableState`, or what GitHub and the
    ///   store throw.
    private func token(of id: IntegrationID) async throws(Failure) -> Token {
        let (tokens, version) = try await read(id)
        guard isNearItsEnd(tokens) else { return Token(secret: tokens.access, version: version) }
        let leaseKey = StoreKey.refreshLease(id)
        let lease: StoreVersion
        do {
            lease = try await store.put(
                [], for: leaseKey, if: .absent, until: clock.now().advanced(by: Self.lease))
        } catch let failure where failure.code == .conflict {
            guard let expiry = tokens.accessExpires, clock.now() < expiry else {
                throw Failure(
                    .conflict, "another tick is renewing the authorization of \(id)",
                    delay: .seconds(10))
            }
            return Token(secret: tokens.access, version: version)
        }
        do {
            let token = try await renewed(id)
            await release(leaseKey, lease)
            return token
        } catch {
            await release(leaseKey, lease)
            throw error
        }
    }

    /// Renews under the lease; the pair is read again, because another may have renewed it just
    /// before.
    private func renewed(_ id: IntegrationID) async throws(Failure) -> Token {
        let (tokens, version) = try await read(id)
        guard isNearItsEnd(tokens) else { return Token(secret: tokens.access, version: version) }
        guard let refresh = tokens.refresh,
            tokens.refreshExpires.map({ clock.now() < $0 }) ?? true
        else {
            guard let expiry = tokens.accessExpires, clock.now() < expiry else {
                throw Failure(.unauthorized, "the authorization has expired: authorize again")
            }
            return Token(secret: tokens.access, version: version)
        }
        let pair = try await github.refresh(refresh)
        return try await keep(pair, of: id, since: version)
    }

    /// Stores a new pair; the old one is dead already, so a store that hesitates is asked again.
    private func keep(
        _ pair: UserTokens, of id: IntegrationID, since version: StoreVersion
    ) async throws(Failure) -> Token {
        let sealed = Credentials.seal(pair, of: id, in: vault)
        var tries = 0
        while true {
            tries += 1
            do {
                let written = try await store.put(
                    sealed, for: .credentials(id), if: .version(version))
                return Token(secret: pair.access, version: written)
            } catch let failure where failure.code == .conflict {
                // The person authorized again meanwhile; those tokens are as good and newer.
                let (tokens, version) = try await read(id)
                return Token(secret: tokens.access, version: version)
            } catch {
                guard tries < Self.storeTriesMax else { throw error }
            }
        }
    }

    private func read(_ id: IntegrationID) async throws(Failure) -> (UserTokens, StoreVersion) {
        guard let entry = try await store.entry(for: .credentials(id)) else {
            throw Failure(.unauthorized, "there are no tokens: authorize again")
        }
        return (try Credentials.open(entry.value, of: id, in: vault), entry.version)
    }

    private func isNearItsEnd(_ tokens: UserTokens) -> Bool {
        guard let expiry = tokens.accessExpires else { return false }
        return expiry <= clock.now().advanced(by: Self.margin)
    }

    /// A lease that cannot be given back runs out by itself.
    private func release(_ key: StoreKey, _ lease: StoreVersion) async {
        try? await store.remove(key, if: .version(lease))
    }
}
