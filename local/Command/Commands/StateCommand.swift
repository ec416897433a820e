import Toolbox
import ArgumentParser
import Domain
import Host
import Ports
import Runner

/// Shows what is stored.
struct StateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "Lists the keys of the store, or shows what is stored under one.",
        discussion: """
            Sealed values, such as tokens, are shown as <sealed>.

            EXAMPLES
              copilot-local state
              copilot-local state --prefix manifest/
              copilot-local state integration/1001-copilot
            """)

    @Argument(help: "The key to show.")
    var key: String?

    @Option(help: ArgumentHelp("Only keys that begin like this.", valueName: "text"))
    var prefix = ""

    @OptionGroup var options: CommonOptions

    func run() async throws {
        let store = try Runtime(options, for: []).adapters.store
        guard let key else {
            let keys = try await store.allKeys(prefix: prefix).map(\.description)
            guard !options.json else { return Terminal.show(json: JSON.encode(["keys": keys])) }
            let place = prefix.isEmpty ? "" : " under keys that begin with \(prefix)"
            return Terminal.show(keys.isEmpty ? ["Nothing is stored\(place)."] : keys)
        }
        guard let place = StoreKey(key), let entry = try await store.entry(for: place) else {
            throw Failure(.notFound, "nothing is stored under \(key): see copilot-local state")
        }
        // What is not JSON is sealed, or says only that it is there.
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
