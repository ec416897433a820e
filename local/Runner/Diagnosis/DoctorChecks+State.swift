import Authorization
import CollectedDays
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

    /// Reads the integrations, the summaries of days, and the manifests that ticks still look at.
    private func readEntries() async throws(Failure) -> Finding {
        let oldest = Day(containing: clock.now()).advanced(by: -Manifest.openDayCountMax)
        var count = 0
        var damaged: [String] = []
        for key in try await store.allKeys(prefix: "") {
            guard let form = StoredForm(of: key, since: oldest) else { continue }
            do throws(Failure) {
                guard let entry = try await store.entry(for: key) else { continue }
                count += 1
                try form.check(entry.value, at: key)
            } catch  where error.code == .unreadableState {
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
                    authorize again at \(setup.authorizeURL)
                    """)
        }
        return .ok(count == 1 ? "1 entry can be read" : "all \(count) entries can be read")
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
        if let entry = try await store.entry(for: .gitHubApp) {
            count += 1
            do throws(Failure) {
                _ = try StoredApp(opening: entry.value, in: vault)
            } catch {
                unopened.append("the GitHub App")
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
                    + "make the App again at /setup if it is among them, and authorize again at "
                    + setup.authorizeURL)
        }
        return .ok(
            count == 0
                ? "nothing is sealed yet"
                : count == 1 ? "opens the sealed entry" : "opens all \(count) sealed entries")
    }
}

/// The form of an entry that the doctor reads.
private enum StoredForm {
    case integration, days, manifest

    /// The form of a key's entry; nil if the entry need not be read.
    init?(of key: StoreKey, since oldest: Day) {
        let parts = key.description.split(separator: "/")
        switch parts.first {
        case "integration": self = .integration
        case "days": self = .days
        case "manifest":
            guard let day = parts.last.flatMap({ Day(String($0)) }), day >= oldest else {
                return nil
            }
            self = .manifest
        default: return nil
        }
    }

    func check(_ value: [UInt8], at key: StoreKey) throws(Failure) {
        switch self {
        case .integration: _ = try JSON.decode(Integration.self, from: value, at: key)
        case .days: _ = try JSON.decode(KnownDays.self, from: value, at: key)
        case .manifest: _ = try JSON.decode(Manifest.self, from: value, at: key)
        }
    }
}
