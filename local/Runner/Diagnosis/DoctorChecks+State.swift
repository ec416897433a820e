import Authorization
import Domain
import GitHub
import Ports

extension DoctorChecks {
    /// Checks the store, and whether the keys open the sealed entries.
    ///
    /// - Returns: The integrations that are not removed.
    func checkState() async -> [Integration] {
        await check(.stateStore) { () async throws(Failure) in try await tryStore() }
        var integrations: [Integration] = []
        await check(.encryptionKey, needs: [.stateStore]) { () async throws(Failure) in
            integrations = try await StateReader(store).integrations()
                .filter { $0.removedAt == nil }
            return try await openSealed(of: integrations)
        }
        return integrations
    }

    /// Writes, reads, tries to overwrite another writer's entry, and removes it.
    private func tryStore() async throws(Failure) -> Finding {
        let key = StoreKey.doctor(entropy.bytes(8).reduce(0) { $0 << 8 | UInt64($1) })
        let value = Array("doctor".utf8)
        // If this is interrupted, the entry expires.
        let expiry = clock.now().advanced(by: .seconds(300))
        try await store.put(value, for: key, if: .absent, until: expiry)
        let isKept = try await store.entry(for: key)?.value == value
        var isProtected = false
        do {
            try await store.put(value, for: key, if: .absent, until: expiry)
        } catch let failure where failure.code == .conflict {
            isProtected = true
        }
        try await store.remove(key, if: .always)
        let isGone = try await store.entry(for: key) == nil
        guard isKept, isProtected, isGone else {
            return .problem(
                "it loses entries, or lets two processes write at once",
                fix: "set STATE_STORE to a store on a file system with locks and renaming, such as "
                    + "a local disk")
        }
        return .ok("it keeps, returns, protects and removes entries")
    }

    private func openSealed(of integrations: [Integration]) async throws(Failure) -> Finding {
        var count = 0
        var unopened: [String] = []
        for id in integrations.map(\.id) {
            guard let entry = try await store.entry(for: .credentials(id)) else { continue }
            count += 1
            do throws(Failure) {
                _ = try Credentials.open(entry.value, of: id, in: vault)
            } catch {
                unopened.append("the tokens of \(id)")
            }
        }
        if let entry = try await store.entry(for: .pseudonymKey) {
            count += 1
            do throws(Failure) {
                _ = try vault.open(entry.value, from: .pseudonymKey)
            } catch {
                unopened.append("the key of the pseudonyms")
            }
        }
        guard unopened.isEmpty else {
            return .problem(
                "no key opens \(unopened.joined(separator: ", "))",
                fix: "add the key that sealed them to STATE_ENCRYPTION_KEYS; if it is lost, "
                    + "authorize again at \(setup.authorizeURL)")
        }
        return .ok(
            count == 0
                ? "nothing is sealed yet"
                : count == 1 ? "opens the sealed entry" : "opens all \(count) sealed entries")
    }
}
