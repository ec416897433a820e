import Domain
import GitHub

extension Settings {
    /// Whether the GitHub App is that of the state store, because no variable names one.
    ///
    /// One set variable means that all are meant: credentials of two Apps never mix.
    public var usesStoredApp: Bool {
        canStoreApp && appID == nil && clientID == nil && clientSecret == nil && privateKey == nil
    }

    /// Whether an App that another process or this one stores can be opened here.
    func hasPlaceForApp(_ defaults: Defaults) -> Bool {
        switch (stateStore, defaults) {
        case (nil, _): false
        // In a container it begins empty, and nobody else can write to it.
        case (.memory, .container): false
        case (.some, .container): !encryptionKeys.isEmpty
        // Here `/setup` is served, so a key that is missing is the one thing to ask for.
        case (.some, .local): true
        }
    }

    /// Takes the credentials of a stored App.
    ///
    /// A set `GITHUB_APP_SLUG` stays.
    mutating func use(_ app: AppRegistration) {
        appID = app.id
        clientID = app.clientID
        clientSecret = app.clientSecret
        privateKey = app.privateKey
        appSlug = appSlug ?? app.slug
    }

    /// The variables that stand for the App, with their values.
    public var appVariables: [Variable: String] {
        [
            .appID: appID.map(String.init), .clientID: clientID, .appSlug: appSlug,
            .clientSecret: clientSecret?.reveal { $0 }, .privateKey: privateKey?.reveal { $0 },
        ].compactMapValues(\.self)
    }
}

extension Variable {
    /// The variables without which no App is known.
    static let ofApp: [Variable] = [.appID, .clientID, .clientSecret, .privateKey]
}
