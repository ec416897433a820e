import Domain
import OpenSSLCrypto

/// The mutable state of the simulated GitHub.
struct SimulatorState: Sendable {
    var world: World
    /// The App that GitHub knows.
    var app: KnownApp? {
        didSet { appClaims = nil }
    }
    /// What the App's token that was used last says: it is the same for a while.
    var appClaims: (token: String, claims: JSONValue)?
    /// The codes of Apps that were made from manifests.
    var manifestCodes: [String: ManifestCode] = [:]
    var usedManifestCodes: Set<String> = []
    /// How many Apps were given a name.
    var namedCount = 0
    /// How many times the world was changed.
    var updateCount = 0
    var codes: [String: AuthorizationCode] = [:]
    var usedCodes: Set<String> = []
    var userTokens: [String: UserToken] = [:]
    var refreshTokens: [String: RefreshToken] = [:]
    var spentRefreshTokens: Set<String> = []
    var budgets: [String: RequestBudget] = [:]
    /// The current faults.
    var faults: [Fault]
    var faultCounts: [FaultCount: Int] = [:]
    /// The indices of the faults that have occurred.
    var struckFaults: Set<Int> = []
    /// How many identifiers, codes and tokens were made so far.
    var madeCount = 0
    /// Small files that were downloaded recently, because a report is read more than once.
    var files: [ReportFileID: ReportFile] = [:]
    /// What the installation tokens that were used recently say.
    var claims: [String: TokenClaims] = [:]
    var violations: [String] = []
    var requests: [RequestRecord] = []

    init(world: World, app: KnownApp?, faults: [Fault]) {
        self.world = world
        self.app = app
        self.faults = faults
        if app == nil { uninstall() }
    }

    /// Removes every installation and token, as the end of an App does.
    mutating func uninstall() {
        world.updateAll { $0.installation = nil }
        updateCount += 1
        files = [:]
        codes = [:]
        userTokens = [:]
        refreshTokens = [:]
    }

    /// Caches a file if it is small.
    mutating func cache(_ file: ReportFile, as part: ReportFileID) {
        guard file.bytes.count <= 256 << 10 else { return }
        if files.count >= 256 { files = [:] }
        files[part] = file
    }

    /// Revokes every token of a person, as "Revoke" in the person's settings does.
    mutating func revokeTokens(of person: Int64) {
        userTokens = userTokens.filter { $0.value.person != person }
        refreshTokens = refreshTokens.filter { $0.value.person != person }
    }
}

/// An App, with the public half of its key.
struct KnownApp: Sendable {
    var registration: RegisteredApp
    let key: RSAPublicKey

    /// Derives the public key.
    ///
    /// - Throws: `misconfigured` if the private key cannot be read.
    init(_ registration: RegisteredApp) throws(Failure) {
        self.registration = registration
        key = try RSAPublicKey(ofPrivateKey: registration.privateKey)
    }
}

/// A file of a report.
struct ReportFile: Sendable {
    let bytes: [UInt8]
    /// The field `content-md5`.
    let checksum: String?
}

/// The code of a new App, not exchanged yet.
struct ManifestCode: Sendable {
    let app: RegisteredApp
    let expires: Timestamp
}

/// A code that was not exchanged yet.
struct AuthorizationCode: Sendable {
    let person: Int64
    /// The callback URL that the client asked for; nil if GitHub chose it.
    let redirectURI: String?
    /// The PKCE challenge; nil if there was none.
    let challenge: String?
    let expires: Timestamp
}

/// GitHub's record of a user access token.
struct UserToken: Sendable {
    let person: Int64
    let expires: Timestamp
    /// The token's place in the order of creation; the oldest is revoked first.
    let ordinal: Int
}

/// GitHub's record of a refresh token and of the access token that is revoked with it.
struct RefreshToken: Sendable {
    let person: Int64
    let expires: Timestamp
    let accessToken: String
}

/// What an installation token says.
struct TokenClaims: Sendable {
    let installation: Int64
    let expires: Timestamp
    let permissions: [String: String]
}

/// The key of a count of requests that a fault covers.
struct FaultCount: Hashable, Sendable {
    let fault: Int
    /// The path or the token, for a fault that counts each of them separately; else empty.
    let word: String
}
