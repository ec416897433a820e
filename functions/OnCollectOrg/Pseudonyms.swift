import Toolbox
import Domain
import Ports
import Reports

/// Pseudonyms of users: keyed, so that a list of logins does not reveal who they are, and the same
/// every day, so that series continue.
struct Pseudonyms: Sendable {
    let store: any KeyValueStore
    let vault: any Vault
    let entropy: any Entropy
    let hashing: any Hashing

    /// The labels that identify a user.
    ///
    /// - Throws: `unreadableState` if the stored key cannot be opened, or a failure of the store.
    func identity(_ mode: UserIdentity) async throws(Failure) -> Identity {
        guard mode == .pseudonym else { return Identity(mode) }
        let key = try await key()
        let hashing = hashing
        return Identity { person in
            let code = hashing.hmac(Array(person.utf8), key: Array(key.reveal { $0 }.utf8))
            return Hex.encode(code.prefix(8))
        }
    }

    /// The key, created on first use and stored sealed.
    private func key() async throws(Failure) -> Secret {
        let place = StoreKey.pseudonymKey
        if let entry = try await store.entry(for: place) {
            return try vault.open(entry.value, from: place)
        }
        let fresh = Secret(entropy.bytes(32).map { String($0, radix: 16) }.joined(separator: "."))
        do throws(Failure) {
            try await store.put(vault.seal(fresh, for: place), for: place, if: .absent)
            return fresh
        } catch  where error.code == .conflict {
            guard let entry = try await store.entry(for: place) else { throw error }
            return try vault.open(entry.value, from: place)
        }
    }
}
