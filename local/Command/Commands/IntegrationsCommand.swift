import ArgumentParser
import Deployment
import Domain
import Host
import Ports
import Runner
import Toolbox

/// Lists and removes integrations.
struct IntegrationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "integrations",
        abstract: "Lists who is connected, since when, and to which organizations.",
        subcommands: [List.self, Remove.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the integrations (the default subcommand).")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let runtime = try Runtime(options, for: [], needsState: true)
            let integrations = try await StateReader(runtime.adapters.store).integrations()
            guard !options.json else { return Terminal.show(json: JSON.encode(integrations)) }
            guard !integrations.isEmpty else {
                return Terminal.show([ReportText.notConnected])
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
            abstract: "Removes an integration and destroys its tokens.",
            discussion: """
                Collected data stays. The authorization on GitHub belongs to the person who gave \
                it, who can revoke it under Settings, Applications, Authorized GitHub Apps.
                """)

        @Argument(help: "The id of the integration.")
        var id: IntegrationID

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let runtime = try Runtime(options, for: [], needsState: true, access: .creating)
            let removed = try await Integrations.remove(
                id, from: runtime.adapters.store, at: runtime.adapters.clock.now())
            guard !options.json else { return Terminal.show(json: JSON.encode(removed)) }
            let names = removed.organizations.map(\.organization.description)
            Terminal.show([
                "Removed \(removed.id) and destroyed its tokens."
                    + (names.isEmpty
                        ? "" : " It no longer collects \(names.joined(separator: ", ")).")
            ])
        }
    }
}
