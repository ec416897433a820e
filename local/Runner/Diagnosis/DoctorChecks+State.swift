import Authorization
import Domain
import GitHub
import Ports

extension DoctorChecks {
    /// Looks at the store, and whether the key opens what is sealed in it.
    ///
    /// - Returns: The integrations that are not removed.
    func examineState() async -> [Integration] {
        await check(.stateStore) { () async throws(Failure) in try await tryStore() }
        var integrations: [Integration] = []
        await check(.encryptionKey, needs: [.stateStore]) { () async throws(Failure) in
            integrations = try await StateReader(store).integrations()
                .filter { $0.removedAt == nil }
            return try await openSealed(of: integrations)
        }
        return integrations
    }

    /// Puts, reads, tries to overwrite what another has written, and removes.
    private func tryStore() async throws(Failure) -> Finding {
        let key = StoreKey.doctor(entropy.bytes(8).reduce(0) { $0 << 8 | UInt64($1) })
        let value = Array("doctor".utf8)
        // Should this end half-way, the entry ends by itself.
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
                "it does not keep what is put, or lets two write at once",
                fix: "set STATE_STORE to a store on a file system with locks and renaming, such as "
                    + "a local disk")
        }
        return .ok("it keeps, gives back, protects and removes")
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
                fix: "put the key that sealed them back, as one more in STATE_ENCRYPTION_KEYS; if "
                    + "it is lost, authorize again at \(setup.authorizeURL)")
        }
        return .ok(count == 0 ? "nothing is sealed yet" : "it opens all \(count) sealed entries")
    }
}
