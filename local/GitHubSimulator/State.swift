import Domain

/// Everything that changes while the simulated GitHub runs.
struct State: Sendable {
    var world: World
    /// How often the world was changed.
    var updateCount = 0
    var codes: [String: AuthorizationCode] = [:]
    var usedCodes: Set<String> = []
    var userTokens: [String: UserToken] = [:]
    var refreshTokens: [String: RefreshToken] = [:]
    var spentRefreshTokens: Set<String> = []
    var budgets: [String: Budget] = [:]
    /// What goes wrong now.
    var faults: [Fault]
    var faultCounts: [FaultCount: Int] = [:]
    /// How many identifiers, codes and tokens were made up so far.
    var madeCount = 0
    /// Small files that were asked for lately: a report is read more than once.
    var files: [ReportPart: [UInt8]] = [:]
    var violations: [String] = []
    var requests: [RequestRecord] = []

    init(world: World, faults: [Fault]) {
        self.world = world
        self.faults = faults
    }

    /// Keeps a file, if it is small, for when it is asked for again.
    mutating func keep(_ file: [UInt8], as part: ReportPart) {
        guard file.count <= 256 << 10 else { return }
        if files.count >= 256 { files = [:] }
        files[part] = file
    }

    /// Takes back every token of a person, as "Revoke" in the person's settings does.
    mutating func revokeTokens(of person: Int64) {
        userTokens = userTokens.filter { $0.value.person != person }
        refreshTokens = refreshTokens.filter { $0.value.person != person }
    }
}

/// A code that waits to be exchanged.
struct AuthorizationCode: Sendable {
    let person: Int64
    /// Where the authorization returned to, when the client asked for it; nil when GitHub chose.
    let redirectURI: String?
    /// The PKCE challenge, if there was one.
    let challenge: String?
    let expires: Timestamp
}

/// A user access token on GitHub's side.
struct UserToken: Sendable {
    let person: Int64
    let expires: Timestamp
    /// The order in which tokens were made: the oldest goes first when there are too many.
    let ordinal: Int
}

/// A refresh token on GitHub's side, and the access token that dies with it.
struct RefreshToken: Sendable {
    let person: Int64
    let expires: Timestamp
    let accessToken: String
}

/// How often a fault was met by the calls it covers.
struct FaultCount: Hashable, Sendable {
    let fault: Int
    /// The address, for a fault that counts each apart; else empty.
    let path: String
}
