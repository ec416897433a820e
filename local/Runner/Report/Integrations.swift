public import Domain
public import Ports
import Problems
import Toolbox

/// Removes integrations, and what is kept of organizations that they no longer reach.
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

    /// Forgets that an organization was collected before, so that nothing asks for it any more.
    ///
    /// If an integration reaches it again, it is collected again.
    ///
    /// - Returns: The problems that ended, one for each integration that had lost it.
    /// - Throws: `notFound` if no integration has lost it, or what the store throws.
    public static func forget(
        _ organization: OrganizationLogin, in store: any KeyValueStore, at now: Timestamp
    ) async throws(Failure) -> [Problem] {
        let isForgotten: @Sendable (Problem) -> Bool = { problem in
            let lost = problem.organization.flatMap { OrganizationLogin($0) }
            return problem.kind == .missing && lost?.isSame(as: organization) == true
        }
        let book = ProblemBook(store)
        var ended: [Problem] = []
        for (key, problems) in try await book.all() where problems.contains(where: isForgotten) {
            let left = try await book.reconcile(key, at: now) { $0.filter { !isForgotten($0) } }
            if let change = left.state { try await store.keep(change) }
            ended += left.notes.changes.ended
        }
        guard !ended.isEmpty else {
            throw Failure(
                .notFound,
                """
                No integration has lost the organization \(organization). copilot-local status shows \
                those that are missing.
                """)
        }
        return ended
    }
}
