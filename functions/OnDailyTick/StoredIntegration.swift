import Domain
import Ports
import Toolbox

/// An integration as a tick finds it in the store.
struct StoredIntegration: Sendable {
    /// Where it is.
    let key: StoreKey
    /// The integration and the entry it was decoded from, or why it cannot be read.
    let found: Result<(integration: Integration, entry: StoreEntry), Failure>

    /// Reads an integration; nil if there is none, or if it was removed.
    init?(_ key: StoreKey, in store: any KeyValueStore) async {
        self.key = key
        do throws(Failure) {
            guard let entry = try await store.entry(for: key) else { return nil }
            let integration = try Stored.decode(Integration.self, from: entry.value, at: key)
            guard integration.removedAt == nil else { return nil }
            found = .success((integration, entry))
        } catch {
            found = .failure(error)
        }
    }

    /// The ID as text, which the key has even if the value cannot be read.
    var name: String { String(key.description.dropFirst(StoreKey.integrationPrefix.count)) }

    /// The ID; nil if the key has none that is valid.
    var id: IntegrationID? { IntegrationID(name) }
}
