public import Domain
public import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A vault that hides nothing, but only opens a secret for the place it was sealed for.
///
/// A sealed value has the form `sealed PLACE BASE64`. So a test sees what was sealed for which
/// place, and notices a secret that was stored without being sealed.
public struct OpenVault: Vault {
    /// Creates a vault.
    ///
    /// All vaults are alike.
    public init() {}

    /// Returns the place and the secret in base64, as `sealed PLACE BASE64`.
    public func seal(_ secret: Secret, for place: StoreKey) -> [UInt8] {
        let text = secret.reveal { Data($0.utf8).base64EncodedString() }
        return Array("sealed \(place) \(text)".utf8)
    }

    /// Opens a secret that was sealed for `place`.
    ///
    /// - Throws: `unreadableState` if it was sealed for another place or was not sealed at all.
    public func open(_ sealed: [UInt8], from place: StoreKey) throws(Failure) -> Secret {
        // A key has no spaces, so there are always three words.
        let words = String(decoding: sealed, as: UTF8.self).split(
            separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[0] == "sealed", words[1] == place.description,
            let secret = Data(base64Encoded: String(words[2]))
        else { throw Failure(.unreadableState, "\(place) has no value that was sealed for it") }
        return Secret(String(decoding: secret, as: UTF8.self))
    }

    /// The only key, for a value that was sealed.
    public func key(of value: [UInt8]) -> SealingKey? {
        value.starts(with: "sealed ".utf8) ? .configured(position: 0) : nil
    }
}
