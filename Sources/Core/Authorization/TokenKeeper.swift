public import Domain
public import GitHub
public import Ports
import Toolbox

/// Keeps the user tokens of integrations valid.
///
/// A refresh token works once, and using it invalidates the old pair. So only one process refreshes
/// at a time, and the new pair is stored before it is used. From the request for a new pair until it is
/// stored, the caller's cancellation has no effect, because the pair would be lost with it. The tokens are stored as ``Credentials``;
/// the process that refreshes holds the lease under ``StoreKey/refreshLease(_:)``, for example
/// `lease/refresh/9-copilot`, whose value is a mark and which expires after two minutes or more.
/// Source: <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens>.
public struct TokenKeeper: Sendable {
    /// An access token, and the version of the stored credentials that it is from.
    private struct Token {
        let access: AccessToken
        let version: StoreVersion
    }

    /// A token is refreshed when it expires within this time.
    private static let margin: Duration = .seconds(600)
    /// The part of a lease in which a new pair is written to the store, with all retries.
    private static let storeTime: Duration = .seconds(90)
    /// How long a write of a new pair is retried: a minute, which outlasts the restart of a database.
    private static let storeRetries = RetryPolicy(
        attemptCountMax: 12, firstWait: .milliseconds(500), waitMax: .seconds(10),
        totalTimeMax: .seconds(60), reserve: .zero)
    /// The time before a ``Deadline`` within which no refresh begins: a platform that ends the process
    /// would take the new pair with it.
    private static let timeToRefresh: Duration = .seconds(30)

    private let store: any KeyValueStore
    private let vault: any Vault
    private let clock: any WallClock
    private let github: GitHubClient

    /// Creates a keeper.
    ///
    /// - Parameters:
    ///   - store: Holds the sealed tokens and the leases.
    ///   - vault: Opens and seals the tokens.
    ///   - clock: Decides whether a token has expired.
    ///   - github: Refreshes the tokens.
    public init(
        store: any KeyValueStore, vault: any Vault, clock: any WallClock, github: GitHubClient
    ) {
        self.store = store
        self.vault = vault
        self.clock = clock
        self.github = github
    }

    /// Finds the organizations that an integration reaches, with a token that is valid.
    ///
    /// - Parameters:
    ///   - only: The organizations to consider; nil for all.
    ///   - selection: The organizations that the settings choose.
    ///   - wasConnected: Whether an installation was connected before.
    /// - Throws: `unauthorized` if the person has to authorize again, `conflict` if the token has
    ///   expired and another process is refreshing it, `unreadableState`, or what GitHub and the
    ///   store throw.
    public func reach(
        of id: IntegrationID, only: [OrganizationLogin]? = nil,
        selection: OrganizationSelection = .all,
        wasConnected: (Installation) async throws(Failure) -> Bool = { _ in false }
    ) async throws(Failure) -> Reach {
        let token = try await token(of: id)
        do {
            return try await github.reach(
                token: token.access, only: only, selection: selection,
                wasConnected: wasConnected)
        } catch let failure where failure.code == .unauthorized {
            // The token may be invalid because, after it was read here, the person authorized again
            // or another process refreshed it.
            let current = try await self.token(of: id)
            guard current.version != token.version else { throw failure }
            return try await github.reach(
                token: current.access, only: only, selection: selection,
                wasConnected: wasConnected)
        }
    }

    /// Returns a token of an integration that is valid for some minutes, refreshing it if necessary.
    ///
    /// - Throws: As ``reach(of:only:selection:wasConnected:)``.
    private func token(of id: IntegrationID) async throws(Failure) -> Token {
        let (tokens, version) = try await read(id)
        guard isExpiringSoon(tokens) else { return Token(access: tokens.access, version: version) }
        guard Deadline.allows(Self.timeToRefresh, at: clock.now()) else {
            guard let expiry = tokens.accessExpires, clock.now() < expiry else {
                throw Failure(
                    .timedOut, "too little time is left to refresh the tokens of \(id) safely")
            }
            return Token(access: tokens.access, version: version)
        }
        let leaseKey = StoreKey.refreshLease(id)
        let lease: StoreVersion
        do {
            lease = try await self.lease(leaseKey)
        } catch let failure where failure.code == .conflict {
            guard let expiry = tokens.accessExpires, clock.now() < expiry else {
                throw Failure(
                    .conflict, "another tick is refreshing the tokens of \(id)",
                    delay: .seconds(10))
            }
            return Token(access: tokens.access, version: version)
        }
        // A task of its own, because GitHub invalidates the old pair with its response: cancelling the
        // caller must not keep the new pair from being stored.
        let refreshing = Task { () async -> Result<Token, Failure> in
            let result: Result<Token, Failure>
            do throws(Failure) {
                result = .success(try await refresh(id))
            } catch {
                result = .failure(error)
            }
            await release(leaseKey, lease)
            return result
        }
        return try await refreshing.value.get()
    }

    private func lease(_ key: StoreKey) async throws(Failure) -> StoreVersion {
        let expiry = clock.now().advanced(by: leaseTime)
        let mark = Stored.encode(Stored.Mark(), for: key)
        do throws(Failure) {
            return try await store.put(mark, for: key, if: .absent, until: expiry)
        } catch  where error.code == .unreadableState {
            // A damaged lease does not end by itself.
            try await store.remove(key, if: .always)
            return try await store.put(mark, for: key, if: .absent, until: expiry)
        }
    }

    /// The duration of a lease: longer than a request to GitHub and the writes to the store may take.
    ///
    /// After it, another process takes over from one that died.
    private var leaseTime: Duration { github.responseTimeout + Self.storeTime }

    /// Refreshes the tokens under the lease.
    ///
    /// They are read again first, because another process may have refreshed them just before.
    private func refresh(_ id: IntegrationID) async throws(Failure) -> Token {
        let (tokens, version) = try await read(id)
        guard isExpiringSoon(tokens) else { return Token(access: tokens.access, version: version) }
        guard let refreshToken = tokens.refresh,
            tokens.refreshExpires.map({ clock.now() < $0 }) ?? true
        else {
            guard let expiry = tokens.accessExpires, clock.now() < expiry else {
                throw Failure(.unauthorized, "the authorization has expired. Authorize again")
            }
            return Token(access: tokens.access, version: version)
        }
        let pair = try await github.refresh(refreshToken)
        return try await save(pair, of: id, replacing: version)
    }

    /// Stores a new pair.
    ///
    /// The old one is invalid already, so a failed write is retried.
    private func save(
        _ pair: UserTokens, of id: IntegrationID, replacing version: StoreVersion
    ) async throws(Failure) -> Token {
        let sealed = Credentials.seal(pair, of: id, in: vault)
        do throws(Failure) {
            let written = try await Self.storeRetries.run(
                "storing the tokens of \(id)", on: github.time, clock, github.entropy
            ) { () async throws(Failure) in
                do throws(Failure) {
                    return try await store.put(
                        sealed, for: .credentials(id), if: .version(version))
                } catch  where error.code != .conflict {
                    // Whatever it is, giving up is worse.
                    throw Failure(.unavailable, error.message)
                }
            }
            return Token(access: pair.access, version: written)
        } catch  where error.code == .conflict {
            // The person has authorized again in the meantime. Those tokens are valid and newer. Or an
            // earlier attempt was stored, and its answer was lost.
            let (tokens, version) = try await read(id)
            return Token(access: tokens.access, version: version)
        } catch {
            throw Failure(
                error.code,
                """
                GitHub renewed the tokens of \(id), but they could not be stored: \(error.message). \
                Make the state store writable; then the person has to authorize again
                """, delay: error.delay)
        }
    }

    private func read(_ id: IntegrationID) async throws(Failure) -> (UserTokens, StoreVersion) {
        guard let entry = try await store.entry(for: .credentials(id)) else {
            throw Failure(.unauthorized, "its tokens are missing. Authorize again")
        }
        return (try Credentials.open(entry.value, of: id, in: vault), entry.version)
    }

    private func isExpiringSoon(_ tokens: UserTokens) -> Bool {
        guard let expiry = tokens.accessExpires else { return false }
        return expiry <= clock.now().advanced(by: Self.margin)
    }

    /// Removes the lease.
    ///
    /// If that fails, it expires by itself.
    private func release(_ key: StoreKey, _ lease: StoreVersion) async {
        try? await store.remove(key, if: .version(lease))
    }
}
