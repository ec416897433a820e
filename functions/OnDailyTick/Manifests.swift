import Domain
import Ports

/// What is known of an organization's days.
struct Manifests {
    private let store: any KeyValueStore

    init(_ store: any KeyValueStore) { self.store = store }

    /// Lists the days of an organization that are to be collected, newest first.
    ///
    /// Only the manifests in the window are read; there is one more each day, and a year of them
    /// would be read for nothing.
    func missingDays(
        of unit: Plan.Unit, in window: Window
    ) async throws(Failure) -> [Day] {
        let first = window.seen.lowerBound
        let (integration, installation) = (unit.integration, unit.installation.id)
        let prefix = StoreKey.manifestPrefix(integration, installation)
        // Days sort as their keys do, and a window is smaller than a page.
        let keys = try await store.keys(
            prefix: prefix,
            after: .manifest(integration, installation, first.advanced(by: -1)),
            limit: StoreLimits.pageKeyCountMax)
        var known: [Day: Bool] = [:]
        for key in keys {
            guard let day = Day(String(key.description.dropFirst(prefix.count))),
                window.seen.contains(day), let entry = try await store.entry(for: key)
            else { continue }
            // One that cannot be read says nothing, so its day is collected again.
            let manifest = try? JSON.decode(Manifest.self, from: entry.value, at: key)
            known[day] = manifest?.final ?? false
        }
        return window.missing(knowing: known)
    }
}
