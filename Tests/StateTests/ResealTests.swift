import Domain
import Fakes
import InMemory
import OpenSSLCrypto
import Ports
import Runner
import Synchronization
import Testing

/// A store in which somebody else writes an entry between each reading and the next write.
private final class BusyStore: StoreWrapper {
    let store: MemoryStore
    /// The values that others write, last one first.
    let others: Mutex<[[UInt8]]>

    init(_ store: MemoryStore, _ others: [[UInt8]]) {
        self.store = store
        self.others = Mutex(others)
    }

    func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        if let other = others.withLock({ $0.popLast() }) {
            try await store.put(other, for: key, if: .always)
        }
        return try await store.put(value, for: key, if: condition, until: expiry)
    }
}

@Suite("Sealing again", .timeLimit(.minutes(1)))
struct ResealTests {
    private let keys = ["A", "B", "C"].map { letter in
        Secret(String(repeating: letter, count: 43) + "=")
    }
    private let store = MemoryStore(clock: ManualClock(Timestamp(seconds: 1_795_700_000)))

    private func vault(_ places: Int...) throws -> AESGCMVault {
        try AESGCMVault(keys: places.map { keys[$0] })
    }

    private func place(_ text: String) throws -> StoreKey { try #require(StoreKey(text)) }

    @Test(
        "finds also kinds of entries that this version does not know, and leaves plain ones alone")
    func kinds() async throws {
        let old = try vault(0)
        for text in ["credentials/9-a", "pseudonym-key", "later/secret"] {
            let key = try place(text)
            try await store.put(old.seal(Secret(text), for: key), for: key, if: .always)
        }
        let plain = try place("later/plain")
        try await store.put(Array("{\"version\":1}".utf8), for: plain, if: .always)
        let both = try vault(1, 0)
        let entries = try await SealedEntries(store: store, vault: both).all()
        #expect(entries.map(\.position) == [1, 1, 1])
        #expect(
            SealedEntries.counts(entries)
                == "opens all 3 sealed entries: 3 with key 2 of STATE_ENCRYPTION_KEYS")
        let result = try await SealedEntries(store: store, vault: both).reseal()
        #expect(result.resealed == 3 && result.failed.isEmpty)
        let key = try place("later/secret")
        let sealed = try #require(try await store.entry(for: key))
        #expect(try vault(1).open(sealed.value, from: key).reveal { $0 } == "later/secret")
        #expect(try await store.entry(for: plain)?.value == Array("{\"version\":1}".utf8))
    }

    @Test("keeps what a tick stores meanwhile")
    func concurrent() async throws {
        let (old, key) = (try vault(0), try place("credentials/9-a"))
        try await store.put(old.seal(Secret("first"), for: key), for: key, if: .always)
        let busy = BusyStore(
            store, [old.seal(Secret("third"), for: key), old.seal(Secret("second"), for: key)])
        let result = try await SealedEntries(store: busy, vault: try vault(1, 0)).reseal()
        #expect(result.resealed == 1)
        let kept = try #require(try await store.entry(for: key))
        #expect(try vault(1).open(kept.value, from: key).reveal { $0 } == "third")
    }

    @Test("names what no key opens, and seals the rest")
    func unopened() async throws {
        for (text, key) in [("credentials/9-a", 2), ("credentials/9-b", 0)] {
            let place = try place(text)
            try await store.put(vault(key).seal(Secret(text), for: place), for: place, if: .always)
        }
        try await store.put(
            Array("not sealed".utf8), for: try place("credentials/9-c"), if: .always)
        let result = try await SealedEntries(store: store, vault: try vault(1, 0)).reseal()
        #expect(result.resealed == 1)
        #expect(result.failed.map(\.key) == ["credentials/9-a", "credentials/9-c"])
        #expect(result.failed[0].reason.contains("STATE_ENCRYPTION_KEYS"))
    }
}
