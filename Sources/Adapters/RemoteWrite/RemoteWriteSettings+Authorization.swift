public import Domain

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension RemoteWriteSettings.Authorization {
    /// The header `authorization`; nil for none.
    public var header: Secret? {
        switch self {
        case .none: nil
        case .bearer(let token): token.reveal { Secret("Bearer \($0)") }
        case .basic(let username, let password): Secret("Basic \(Self.pair(username, password))")
        }
    }

    /// The texts that a backend's message must not show.
    var secrets: [Secret] {
        switch self {
        case .none: []
        case .bearer(let token): [token]
        case .basic(let username, let password):
            [password, Secret(Self.pair(username, password))]
        }
    }

    private static func pair(_ username: String, _ password: Secret) -> String {
        password.reveal { Data("\(username):\($0)".utf8).base64EncodedString() }
    }
}
