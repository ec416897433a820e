public import Domain

/// The behavior of a simulated GitHub; its data is a ``World``.
public struct SimulatorConfiguration: Sendable {
    /// The registered App; nil if there is none yet.
    ///
    /// This GitHub knows one App at a time.
    public var app: RegisteredApp?
    /// How the person at the browser decides.
    public var consent: Consent
    /// The seed of tokens, codes and signatures; the same seed and requests produce the same ones.
    public var seed: UInt64
    /// The port of the API and the web pages on loopback; 0 for any free port.
    public var apiPort: Int
    /// The port of the report host on loopback; 0 for any free port.
    public var reportPort: Int
    /// The requests per hour of each installation and each person.
    public var requestsPerHour: Int
    /// How long an access token of a person is valid.
    public var accessTokenLife: Duration = .seconds(28_800)
    /// How long a signed report link is valid.
    public var linkLife: Duration
    /// How far GitHub's clock is ahead of the simulator's.
    public var clockOffset: Duration
    /// The faults to inject.
    public var faults: [Fault]
    /// The logins whose authorizations are revoked when a scenario begins.
    public var revoked: [String] = []
    /// Whether the first name that is given to a new App belongs to another App.
    public var isFirstNameTaken = false
    /// Whether an installation returns without a code, as where the App was installed already.
    public var installsWithoutCode = false

    /// Creates a configuration with GitHub's own limits and without faults.
    public init(
        app: RegisteredApp?, consent: Consent = .page, seed: UInt64 = 1, apiPort: Int = 0,
        reportPort: Int = 0, requestsPerHour: Int = 5_000, linkLife: Duration = .seconds(3_600),
        clockOffset: Duration = .zero, faults: [Fault] = []
    ) {
        self.app = app
        self.consent = consent
        self.seed = seed
        self.apiPort = apiPort
        self.reportPort = reportPort
        self.requestsPerHour = requestsPerHour
        self.linkLife = linkLife
        self.clockOffset = clockOffset
        self.faults = faults
    }
}

/// How the person at the browser decides.
public enum Consent: Hashable, Sendable {
    /// By a form on a web page.
    case page
    /// Automatically: the person with this login agrees to everything.
    case automatic(login: String)
}

/// A GitHub App as its owner registered it.
public struct RegisteredApp: Sendable {
    /// The App ID.
    public var id: Int64
    /// The OAuth client ID.
    public var clientID: String
    /// The OAuth client secret.
    public var clientSecret: Secret
    /// The App's name in URLs.
    public var slug: String
    /// The callback URLs that authorizations may return to; the first is the default.
    public var callbackURLs: [String]
    /// The private key, of which the simulator keeps only the public half.
    public var privateKey: Secret
    /// The login of the account that owns it, or the slug of the enterprise; nil if it does not matter.
    public var owner: String?
    /// Whether accounts other than the owner can install it.
    public var isPublic = true
    /// The permissions that an installation grants, by GitHub's names.
    public var permissions = SimulatedInstallation.fullPermissions
    /// Whether installing it also authorizes it.
    public var authorizesOnInstall = true

    /// Creates a registration.
    public init(
        id: Int64 = 42, clientID: String = "Iv23liSIMULATED00042", clientSecret: Secret,
        slug: String = "copilot-usage", callbackURLs: [String], privateKey: Secret
    ) {
        self.id = id
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.slug = slug
        self.callbackURLs = callbackURLs
        self.privateKey = privateKey
    }
}
