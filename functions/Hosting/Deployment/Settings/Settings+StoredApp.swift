public import Domain
public import GitHub

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
        Variable.values(
            id: appID, clientID: clientID, clientSecret: clientSecret, slug: appSlug,
            privateKey: privateKey)
    }
}

extension AppRegistration {
    /// The variables that stand for the App, with their values.
    public var variables: [Variable: String] {
        Variable.values(
            id: id, clientID: clientID, clientSecret: clientSecret, slug: slug,
            privateKey: privateKey)
    }
}

extension Variable {
    /// The variables that stand for an App, with the values that are known.
    public static func values(
        id: Int64?, clientID: String?, clientSecret: Secret?, slug: String?, privateKey: Secret?
    ) -> [Variable: String] {
        [
            .appID: id.map(String.init), .clientID: clientID, .appSlug: slug,
            .clientSecret: clientSecret?.reveal { $0 }, .privateKey: privateKey?.reveal { $0 },
        ].compactMapValues(\.self)
    }

    /// The variables without which no App is known.
    static let ofApp: [Variable] = [.appID, .clientID, .clientSecret, .privateKey]
}

extension [Variable: String] {
    /// The values by the names of the variables.
    public var byName: [String: String] {
        Dictionary<String, String>(uniqueKeysWithValues: map { ($0.key.rawValue, $0.value) })
    }
}
