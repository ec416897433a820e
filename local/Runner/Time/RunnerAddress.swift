public import Domain
public import Ports
import Toolbox

/// Where the local runner last listened, for commands that send people to its page.
public struct RunnerAddress: Sendable {
    private struct Content: Codable {
        var address: String
    }

    private let store: any KeyValueStore

    /// Creates the address that is kept in `store`.
    public init(_ store: any KeyValueStore) { self.store = store }

    /// Remembers an address, such as `http://127.0.0.1:8080`.
    public func keep(_ address: String) async throws(Failure) {
        let value = Stored.encode(Content(address: address), for: .runnerAddress)
        try await store.put(value, for: .runnerAddress, if: .always, until: nil)
    }

    /// The last address; nil if no runner has listened.
    public func last() async throws(Failure) -> String? {
        guard let entry = try await store.entry(for: .runnerAddress) else { return nil }
        // Before values had versions, it was plain text.
        let text = String(decoding: entry.value, as: UTF8.self)
        guard text.hasPrefix("{") else { return text }
        return try Stored.decode(Content.self, from: entry.value, at: .runnerAddress).address
    }
}
