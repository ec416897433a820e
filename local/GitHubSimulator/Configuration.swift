public import Domain

/// How a simulated GitHub behaves, beside what it knows.
public struct Configuration: Sendable {
    /// The App that is registered.
    public var app: RegisteredApp
    /// How the person at the browser decides.
    public var consent: Consent
    /// What tokens, codes and signatures are made from: the same seed and requests give the same.
    public var seed: UInt64
    /// The port of the API and the web pages on loopback; 0 for any.
    public var apiPort: Int
    /// The port of the report host on loopback; 0 for any.
    public var reportPort: Int
    /// How many requests an hour each installation and each person has.
    public var requestsPerHour: Int
    /// How long a signed report link lives.
    public var linkLife: Duration
    /// How far GitHub's clock is ahead of the simulation's.
    public var clockOffset: Duration
    /// What goes wrong.
    public var faults: [Fault]
    /// Whose authorizations are taken back when a scenario begins.
    public var revoked: [String] = []

    /// Creates a configuration with GitHub's own numbers and nothing that goes wrong.
    public init(
        app: RegisteredApp, consent: Consent = .page, seed: UInt64 = 1, apiPort: Int = 0,
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
    /// On a page, by a form.
    case page
    /// At once: the person with this login agrees to everything.
    case automatic(login: String)
}

/// The App as its owner registered it.
public struct RegisteredApp: Sendable {
    /// GitHub's number of the App.
    public var id: Int64
    /// The public name of the App in OAuth.
    public var clientID: String
    /// What the App proves itself with in OAuth.
    public var clientSecret: Secret
    /// The App's name in addresses.
    public var slug: String
    /// Where authorizations may return to; the first is the default.
    public var callbackURLs: [String]
    /// The private key, of which the simulation keeps the public half.
    public var privateKey: Secret

    /// Registers an App.
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
