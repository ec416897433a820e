import ArgumentParser
import Deployment
import Domain
import FunctionInterface
import Host
import Ports
import Runner
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Finds problems and suggests fixes.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks settings, GitHub, organizations and backends, and suggests fixes.",
        discussion: """
            Requests a little of everything that a collection reads. One key is written to the \
            store and removed again, and each backend is sent one sample of yesterday, of the \
            series copilot_usage_collector_doctor_probe. A check is skipped if a check that it \
            depends on found a problem.

            EXAMPLES
              copilot-local doctor --env-file .env
              copilot-local doctor --organization acme --json

            EXIT STATUS
              0  no problems, possibly warnings
              1  at least one problem
              2  wrong usage or configuration
            """)

    @Option(
        name: .customLong("organization"),
        help: ArgumentHelp("Check only this organization; can be repeated.", valueName: "login"))
    var organizations: [OrganizationLogin] = []

    @OptionGroup var options: CommonOptions

    func run() async throws {
        let runtime: Runtime
        let found: (settings: Settings, adapters: Adapters)
        do throws(Failure) {
            runtime = try Runtime(
                options, for: Set(FunctionName.allCases), access: .reading)
            try await runtime.requireApp(options)
            found = try await runtime.appSource.found()
        } catch {
            if options.json { Terminal.show(json: JSON.encode(Diagnosis.unreadable(error))) }
            throw error
        }
        let diagnosis = await DoctorChecks(
            runtime, with: found,
            authorizeAt: try await page(of: runtime), organizations: organizations
        ) { name, about in
            if !options.quiet {
                Terminal.say("checking \(name.rawValue)\(about.map { " of \($0)" } ?? "") …")
            }
        }.run()
        if options.json {
            Terminal.show(json: JSON.encode(diagnosis))
        } else {
            Terminal.show(DiagnosisText.lines(diagnosis, Terminal.style))
        }
        if diagnosis.isFault { throw Ending(status: .fault) }
    }

    /// Where a person authorizes: only an address that was set, or that a runner has listened on.
    private func page(of runtime: Runtime) async throws -> String {
        let file = try options.envFile.map(EnvironmentFile.read) ?? [:]
        let name = Variable.publicURL.rawValue
        let set = ProcessInfo.processInfo.environment[name] ?? file[name]
        let listened = try? await RunnerAddress(runtime.adapters.store).last()
        let address = set.flatMap { $0.isEmpty ? nil : $0 } ?? listened
        return address.map { "\($0)/authorize" } ?? "the page /authorize of copilot-local run"
    }
}
