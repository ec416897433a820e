public import Domain
public import Ports

/// Where the local runner last listened, for commands that send people to its page.
public struct RunnerAddress: Sendable {
    private let store: any KeyValueStore

    /// Creates the address that is kept in `store`.
    public init(_ store: any KeyValueStore) { self.store = store }

    /// Remembers an address, such as `http://127.0.0.1:8080`.
    public func keep(_ address: String) async throws(Failure) {
        try await store.put(Array(address.utf8), for: .runnerAddress, if: .always, until: nil)
    }

    /// The last address; nil if no runner has listened.
    public func last() async throws(Failure) -> String? {
        try await store.entry(for: .runnerAddress).map { String(decoding: $0.value, as: UTF8.self) }
    }
}
