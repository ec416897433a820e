public import Domain
public import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A vault without a lock: anybody can open what it seals, but only where it was sealed for.
///
/// A sealed value reads `sealed PLACE BASE64`, so a test sees that something was sealed and for
/// which place, and still notices a secret that was stored as it is.
public struct OpenVault: Vault {
    /// Creates a vault; all are alike.
    public init() {}

    /// Writes the place before the secret, which is put into base64.
    ///
    /// - Parameters:
    ///   - secret: What to seal.
    ///   - place: Where it will be kept.
    /// - Returns: `sealed PLACE BASE64`.
    public func seal(_ secret: Secret, for place: StoreKey) -> [UInt8] {
        let text = secret.reveal { Data($0.utf8).base64EncodedString() }
        return Array("sealed \(place) \(text)".utf8)
    }

    /// Opens what was sealed for `place`.
    ///
    /// - Throws: `unreadableState` if it was sealed for another place or is not of this vault.
    public func open(_ sealed: [UInt8], from place: StoreKey) throws(Failure) -> Secret {
        // A key holds no space, so there are three words however the key reads.
        let words = String(decoding: sealed, as: UTF8.self).split(
            separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[0] == "sealed", words[1] == place.description,
            let secret = Data(base64Encoded: String(words[2]))
        else { throw Failure(.unreadableState, "\(place) holds nothing that was sealed for it") }
        return Secret(String(decoding: secret, as: UTF8.self))
    }
}
