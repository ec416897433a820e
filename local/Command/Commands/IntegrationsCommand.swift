import ArgumentParser
import Deployment
import Domain
import Host
import Ports
import Runner
import Toolbox

/// Lists and removes integrations, and forgets organizations that they lost.
struct IntegrationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "integrations",
        abstract: "Lists who is connected, since when, and to which organizations.",
        subcommands: [List.self, Remove.self, Forget.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the integrations (the default subcommand).")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let runtime = try Runtime(options, for: [], needsState: true)
            let integrations = try await StateReader(runtime.adapters.store).integrations()
            let health = await runtime.health()
            let found = (health.problems + health.notices).filter { $0.integration != nil }
            guard !options.json else {
                return Terminal.show(
                    json: JSON.encode(
                        integrations.map { integration in
                            Judged(
                                integration: integration,
                                problems: found.filter {
                                    $0.integration == integration.id.description
                                })
                        }))
            }
            guard !integrations.isEmpty else {
                return Terminal.show([ReportText.notConnected])
            }
            var table = Table([
                .words("ID"), .words("NAME"), .words("AUTHORIZED BY"), .words("SINCE"),
                .words("STATE"), .words("ORGANIZATIONS"),
            ])
            for integration in integrations {
                table.add([
                    "\(integration.id)", "\(integration.name)", "\(integration.user.login)",
                    "\(integration.authorizedAt)", Self.state(integration, found),
                    Self.organizations(integration),
                ])
            }
            let lines = ProblemText.lines(found, at: health.time, Terminal.style)
            Terminal.show(table.lines(Terminal.style) + (lines.isEmpty ? [] : [""] + lines))
        }

        /// An integration, with what is in its way.
        private struct Judged: Encodable {
            let integration: Integration
            let problems: [Problem]

            private enum CodingKeys: CodingKey { case problems }

            func encode(to encoder: any Encoder) throws {
                try integration.encode(to: encoder)
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(problems, forKey: .problems)
            }
        }

        private static func state(_ integration: Integration, _ found: [Problem]) -> Table.Cell {
            guard integration.removedAt == nil else { return Table.Cell("removed", .quiet) }
            let own = found.filter { $0.integration == integration.id.description && $0.isFault }
            if own.contains(where: { $0.kind == .authorization }) {
                return Table.Cell("authorize again", .bad)
            }
            guard !own.isEmpty else { return Table.Cell("ok", .good) }
            return Table.Cell(own.count == 1 ? "1 problem" : "\(own.count) problems", .bad)
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
            let removed = try await Named.find { () async throws(Failure) in
                try await Integrations.remove(
                    id, from: runtime.adapters.store, at: runtime.adapters.clock.now())
            }
            guard !options.json else { return Terminal.show(json: JSON.encode(removed)) }
            let names = removed.organizations.map(\.organization.description)
            Terminal.show([
                "Removed \(removed.id) and destroyed its tokens."
                    + (names.isEmpty
                        ? "" : " It no longer collects \(names.joined(separator: ", ")).")
            ])
        }
    }

    struct Forget: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends the problem of an organization that is missing on purpose.",
            discussion: """
                An organization that was collected before stays a problem until it is back. If the App \
                was uninstalled there on purpose, forget it. Collected data stays, and the organization \
                is collected again once an integration reaches it.
                """)

        @Argument(help: "The login of the organization.")
        var organization: OrganizationLogin

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let runtime = try Runtime(options, for: [], needsState: true, access: .creating)
            let ended = try await Named.find { () async throws(Failure) in
                try await Integrations.forget(
                    organization, in: runtime.adapters.store, at: runtime.adapters.clock.now())
            }
            guard !options.json else { return Terminal.show(json: JSON.encode(ended)) }
            Terminal.show(
                ended.map { problem in
                    "Forgot \(organization), which \(problem.integration ?? "an integration") had lost."
                })
        }
    }

    /// Something that an argument names.
    private enum Named {
        /// Finds it; that there is none is wrong usage.
        static func find<Value>(
            _ attempt: () async throws(Failure) -> Value
        ) async throws(Failure) -> Value {
            do throws(Failure) {
                return try await attempt()
            } catch {
                throw error.code == .notFound ? Failure(.misconfigured, error.message) : error
            }
        }
    }
}
