import Toolbox
public import Domain
public import Ports

/// Ends integrations.
public enum Integrations {
    /// Removes an integration: it is marked as removed and its tokens are destroyed.
    ///
    /// Doing it twice is no error: a removal that was cut short is completed. What was collected
    /// stays, and events that still name the integration do nothing.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - store: Where it is kept.
    ///   - now: When it is removed.
    /// - Returns: The integration as it stands now.
    /// - Throws: `notFound` if there is none, `conflict` if it was just changed, or what the store
    ///   throws.
    public static func remove(
        _ id: IntegrationID, from store: any KeyValueStore, at now: Timestamp
    ) async throws(Failure) -> Integration {
        let key = StoreKey.integration(id)
        guard let entry = try await store.entry(for: key) else {
            throw Failure(
                .notFound, "there is no integration \(id): see copilot-local integrations")
        }
        var integration = try JSON.decode(Integration.self, from: entry.value, at: key)
        if integration.removedAt == nil {
            integration.removedAt = now
            // First the mark: a tick that runs now sees it and does not renew the tokens.
            try await store.put(
                JSON.encode(integration), for: key, if: .version(entry.version))
        }
        try await store.remove(.credentials(id), if: .always)
        return integration
    }
}
