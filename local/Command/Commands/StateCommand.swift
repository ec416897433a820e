import ArgumentParser
import Domain
import Host
import Ports
import Runner
import Toolbox

/// Shows stored entries.
struct StateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "Lists the keys in the store, or shows the value of one.",
        discussion: """
            Sealed values, such as tokens, are shown as <sealed>.

            EXAMPLES
              copilot-local state
              copilot-local state --prefix manifest/
              copilot-local state integration/1001-copilot
            """)

    @Argument(help: "The key to show.")
    var key: String?

    @Option(help: ArgumentHelp("List only keys with this prefix.", valueName: "text"))
    var prefix = ""

    @OptionGroup var options: CommonOptions

    func run() async throws {
        let store = try Runtime(options, for: [], needsState: true).adapters.store
        guard let key else {
            let keys = try await store.allKeys(prefix: prefix).map(\.description)
            guard !options.json else { return Terminal.show(json: JSON.encode(["keys": keys])) }
            let none = prefix.isEmpty ? "The store is empty." : "No key begins with \(prefix)."
            return Terminal.show(keys.isEmpty ? [none] : keys)
        }
        guard let place = StoreKey(key), let entry = try await store.entry(for: place) else {
            throw Failure(
                .misconfigured,
                "No entry has the key \(key). List the keys with copilot-local state.")
        }
        // A value that is not JSON is sealed, or empty.
        let value = try? JSON.decode(JSONValue.self, from: entry.value, at: place)
        let hidden = entry.value.isEmpty ? "" : "<sealed>"
        guard !options.json else {
            return Terminal.show(
                json: JSON.encode(["key": .string(key), "value": value ?? .string(hidden)]))
        }
        Terminal.show([
            value.map { String(decoding: JSON.encode($0, isPretty: true), as: UTF8.self) } ?? hidden
        ])
    }
}
