public import Domain
public import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The value of `SETUP_TOKEN`, which a person presents to open a page.
public struct SetupToken: Sendable {
    /// The challenge of a response to a request without the token.
    public static let challenge = ["www-authenticate": #"Basic realm="copilot-usage""#]

    private let secret: Secret

    /// Wraps a token; nil if it is not set or empty.
    public init?(_ secret: Secret?) {
        guard let secret, !secret.reveal(\.isEmpty) else { return nil }
        self.secret = secret
    }

    /// Whether a request contains the token, in its query or as a password.
    public func isPresented(in event: WebEvent, hashing: any Hashing) -> Bool {
        guard let given = event.query["token"] ?? Self.password(event.headers) else {
            return false
        }
        // Digests have the same length, so the time of the comparison reveals nothing of the token.
        return hashing.areEqual(
            hashing.sha256(Array(given.utf8)), hashing.sha256(secret.reveal { Array($0.utf8) }))
    }

    /// A request that presents the token as a password.
    public func presented(in event: WebEvent) -> WebEvent {
        var event = event
        let pair = secret.reveal { Data(":\($0)".utf8).base64EncodedString() }
        event.headers["authorization"] = "Basic \(pair)"
        return event
    }

    /// Finds the password in the `Authorization` header of RFC 7617.
    ///
    /// The user name does not matter.
    private static func password(_ headers: [String: String]) -> String? {
        let words = (headers["authorization"] ?? "").split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "basic",
            let bytes = Data(base64Encoded: String(words[1])),
            let pair = String(validating: bytes, as: UTF8.self),
            let colon = pair.firstIndex(of: ":")
        else { return nil }
        return String(pair[pair.index(after: colon)...])
    }
}
