import Authorization
import Domain
import GitHub
import Ports
import Toolbox

extension DoctorChecks {
    /// Checks the store, and whether the keys open the sealed entries.
    ///
    /// - Returns: The integrations that are not removed.
    func checkState() async -> [Integration] {
        await check(.stateStore) { () async throws(Failure) in try await tryStore() }
        await check(.storedEntries, needs: [.stateStore]) { () async throws(Failure) in
            try await readEntries()
        }
        var integrations: [Integration] = []
        await check(.encryptionKey, needs: [.stateStore]) { () async throws(Failure) in
            integrations = try await StateReader(store).integrations()
                .filter { $0.removedAt == nil }
            return try await openSealed()
        }
        return integrations
    }

    /// Writes, reads, tries to overwrite another writer's entry, and removes it.
    private func tryStore() async throws(Failure) -> Finding {
        let key = StoreKey.doctor(entropy.bytes(8).reduce(0) { $0 << 8 | UInt64($1) })
        let value = Stored.encode(Stored.Mark(), for: key)
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
        let works = "it keeps, returns, protects and removes entries"
        guard let pending = try await store.pendingMigration() else { return .ok(works) }
        return .ok("\(works); \(pending), until copilot-local state migrate moves them")
    }

    /// Reads every entry, of the manifests those that ticks still look at.
    private func readEntries() async throws(Failure) -> Finding {
        let oldest = Day(containing: clock.now()).advanced(by: -Manifest.openDayCountMax)
        var count = 0
        var damaged: [String] = []
        for key in try await store.allKeys(prefix: "") {
            guard let form = StoredForm(of: key), Self.isRead(key, since: oldest) else { continue }
            do throws(Failure) {
                guard let entry = try await store.entry(for: key) else { continue }
                count += 1
                try form.check(entry.value, at: key)
            } catch  where error.concernsEntry {
                damaged.append(error.message)
            }
        }
        guard damaged.isEmpty else {
            let rest = damaged.count > 3 ? "; and \(damaged.count - 3) more" : ""
            return .problem(
                damaged.prefix(3).joined(separator: "; ") + rest,
                fix: """
                    a damaged summary of days or manifest is replaced when the organization is \
                    collected the next time; after a damaged integration, restore it from a backup or \
                    authorize again at \(setup.authorizeURL); an entry of a newer version needs that \
                    version of the program
                    """)
        }
        let read = count == 1 ? "1 entry can be read" : "all \(count) entries can be read"
        let strangers = try await store.strangers()
        guard let first = strangers.first else { return .ok(read) }
        let rest = strangers.count > 1 ? " and \(strangers.count - 1) more are" : " is"
        return .warning("\(read), and \(first)\(rest) none of them", fix: "move it away")
    }

    // Series snapshots are large, and only counts depend on them.
    private static func isRead(_ key: StoreKey, since oldest: Day) -> Bool {
        switch key.kind {
        case .imprint, .doctor, nil: false
        case .manifest:
            key.description.split(separator: "/").last.flatMap { Day(String($0)) }
                .map { $0 >= oldest } ?? false
        default: true
        }
    }

    /// Opens every sealed entry, and counts the keys that sealed them.
    private func openSealed() async throws(Failure) -> Finding {
        let entries = try await SealedEntries(store: store, vault: vault).all()
        let unopened = entries.compactMap { $0.failure == nil ? nil : "\($0.key)" }
        guard unopened.isEmpty else {
            return .problem(
                "no key opens \(unopened.joined(separator: ", "))",
                fix: "add the key that sealed them to STATE_ENCRYPTION_KEYS; if it is lost, "
                    + "make the App again at /setup if it is among them, and authorize again at "
                    + setup.authorizeURL)
        }
        guard let opened = SealedEntries.counts(entries) else {
            return .ok("nothing is sealed yet")
        }
        guard entries.contains(where: { $0.position != 0 }) else {
            return .ok(vault.keyCount > 1 ? "\(opened); the other keys can be removed" : opened)
        }
        return .warning(
            opened,
            fix: """
                keep every key that still opens an entry; copilot-local state reseal seals all of them \
                again under the first key, and then the others can be removed
                """)
    }
}
