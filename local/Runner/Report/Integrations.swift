public import Domain
public import Ports
import Toolbox

/// Removes integrations.
public enum Integrations {
    /// Removes an integration: it is marked as removed and its tokens are destroyed.
    ///
    /// Doing it twice is not an error: a removal that was interrupted is completed. Collected data
    /// stays, and events that still name the integration do nothing.
    ///
    /// - Returns: The integration with its time of removal.
    /// - Throws: `notFound` if there is none, `conflict` if it was just changed, or what the store
    ///   throws.
    public static func remove(
        _ id: IntegrationID, from store: any KeyValueStore, at now: Timestamp
    ) async throws(Failure) -> Integration {
        let key = StoreKey.integration(id)
        guard let entry = try await store.entry(for: key) else {
            throw Failure(
                .notFound,
                "No integration has the id \(id). List them with copilot-local integrations.")
        }
        var integration = try Stored.decode(Integration.self, from: entry.value, at: key)
        if integration.removedAt == nil {
            integration.removedAt = now
            // The mark comes first: a tick that runs now sees it and does not renew the tokens.
            try await store.put(
                Stored.encode(integration, for: key), for: key, if: .version(entry.version))
        }
        try await store.remove(.credentials(id), if: .always)
        return integration
    }
}
