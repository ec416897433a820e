import Toolbox
import ArgumentParser
import Domain
import Host
import Ports
import Runner

/// Says who is connected, and ends integrations.
struct IntegrationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "integrations",
        abstract: "Says who is connected, since when, and which organizations that reaches.",
        subcommands: [List.self, Remove.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the integrations (what happens without a subcommand).")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let runtime = try Runtime(options, for: [])
            let integrations = try await StateReader(runtime.adapters.store).integrations()
            guard !options.json else { return Terminal.show(json: JSON.encode(integrations)) }
            guard !integrations.isEmpty else {
                return Terminal.show([
                    "Nobody has authorized yet: start `copilot-local run` and open /authorize."
                ])
            }
            var table = Table([
                .words("ID"), .words("NAME"), .words("AUTHORIZED BY"), .words("SINCE"),
                .words("ORGANIZATIONS"),
            ])
            for integration in integrations {
                table.add([
                    "\(integration.id)", "\(integration.name)", "\(integration.user.login)",
                    "\(integration.authorizedAt)", Self.organizations(integration),
                ])
            }
            Terminal.show(table.lines(Terminal.style))
        }

        private static func organizations(_ integration: Integration) -> Table.Cell {
            if let removedAt = integration.removedAt {
                return Table.Cell("removed at \(removedAt)", .quiet)
            }
            let names = integration.organizations.map(\.organization.description)
            let more = names.count > 5 ? " and \(names.count - 5) more" : ""
            let text = names.prefix(5).joined(separator: ", ") + more
            return Table.Cell(text.isEmpty ? "none" : text, text.isEmpty ? .doubtful : nil)
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends an integration and destroys its tokens.",
            discussion: """
                What was collected stays. The authorization itself is the person's: it is revoked \
                at GitHub, under Settings, Applications, Authorized GitHub Apps.
                """)

        @Argument(help: "The integration's id.")
        var id: IntegrationID

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let runtime = try Runtime(options, for: [])
            let removed = try await Integrations.remove(
                id, from: runtime.adapters.store, at: runtime.adapters.clock.now())
            guard !options.json else { return Terminal.show(json: JSON.encode(removed)) }
            let names = removed.organizations.map(\.organization.description)
            Terminal.show([
                "Removed \(removed.id): its tokens are destroyed and nothing is collected for it"
                    + " any more (\(names.joined(separator: ", ")))."
            ])
        }
    }
}
