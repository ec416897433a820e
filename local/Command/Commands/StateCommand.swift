import ArgumentParser
import Domain
import FunctionInterface
import Host
import Ports
import Runner
import Toolbox

/// Shows stored entries, seals them again after a key was added, and moves them to a newer layout.
struct StateCommand: AsyncParsableCommand, TakesArgument {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "Lists the keys in the store, or shows the value of one.",
        subcommands: [Show.self, Reseal.self, Migrate.self], defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the keys, or shows the value of one (the default subcommand).",
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
                Terminal.show(keys.isEmpty ? [none] : keys)
                guard !options.quiet, let pending = try await store.pendingMigration() else {
                    return
                }
                return Terminal.say(
                    "Note: \(pending), until copilot-local state migrate moves them.")
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
                value.map { String(decoding: JSON.encode($0, isPretty: true), as: UTF8.self) }
                    ?? hidden
            ])
        }
    }

    struct Reseal: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Seals every sealed entry again under the first of STATE_ENCRYPTION_KEYS.",
            discussion: """
                To replace a key, put the new one in front of the old one, restart every process \
                with both, and run this command. Afterwards the old key can be removed. It can be \
                interrupted and repeated, and ticks may run meanwhile.

                EXAMPLES
                  copilot-local state reseal
                  copilot-local state reseal --env-file production.env --json

                EXIT STATUS
                  0  every entry is sealed with the first key
                  1  an entry could not be opened: keep the other keys
                  2  wrong usage or configuration
                """)

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let adapters = try Runtime(options, for: [], needsState: true).adapters
            let quiet = options.quiet || options.json
            let result = try await SealedEntries(store: adapters.store, vault: adapters.vault)
                .reseal { key in if !quiet { Terminal.say("Sealed \(key) again.") } }
            if options.json {
                Terminal.show(json: JSON.encode(result))
            } else {
                Terminal.show(lines(result, hasOthers: adapters.vault.keyCount > 1))
            }
            if !result.failed.isEmpty { throw Ending(status: .fault) }
        }

        private func lines(_ result: SealedEntries.Resealed, hasOthers: Bool) -> [String] {
            func entries(_ count: Int) -> String { count == 1 ? "1 entry" : "\(count) entries" }
            guard result.resealed + result.current + result.failed.count > 0 else {
                return ["Nothing is sealed yet."]
            }
            let done =
                "Sealed \(entries(result.resealed)) again under the first of STATE_ENCRYPTION_KEYS; "
                + "\(result.current) \(result.current == 1 ? "was" : "were") sealed with it already."
            guard result.failed.isEmpty else {
                return [done, Terminal.style("Keep the other keys: not sealed again are", .bad)]
                    + result.failed.flatMap {
                        Terminal.style.prose("\($0.key): \($0.reason)", indent: "  ")
                    }
            }
            return [done]
                + (hasOthers ? ["The other keys can be removed from STATE_ENCRYPTION_KEYS."] : [])
        }
    }

    struct Migrate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Moves a DynamoDB table to the newest layout: one partition per integration.",
            discussion: """
                Disable the schedule, wait until the queue is empty, and stop everything else that \
                uses the table. The command can be interrupted and repeated; until it has succeeded, \
                all other programs refuse the table. Other stores have only one layout, and nothing \
                moves.

                EXAMPLES
                  copilot-local state migrate --env-file production.env
                  copilot-local state migrate --json

                EXIT STATUS
                  0  the store has the newest layout
                  1  some entries have not moved: run the command again
                  2  wrong usage or configuration
                """)

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let store = try Runtime(options, for: [], needsState: true).adapters.store
            let count = try await store.migrate()
            guard !options.json else {
                return Terminal.show(json: JSON.encode(["moved": count]))
            }
            switch count {
            case 0: Terminal.show(["Nothing had to move: the store has the newest layout."])
            case 1: Terminal.show(["Moved 1 entry. The store has the newest layout."])
            default:
                Terminal.show([
                    "Moved \(count.grouped) entries. The store has the newest layout."
                ])
            }
        }
    }
}
