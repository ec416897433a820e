import FunctionInterface
import Toolbox
import Deployment
import ArgumentParser
import Domain
import Host
import Ports
import Runner

/// Looks for what is wrong, and says what to do.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks settings, GitHub, organizations and backends; says what to do.",
        discussion: """
            Asks for a little of everything that is collected, and changes nothing: the store is \
            tried with one key, and each backend with one sample of yesterday, of the series \
            copilot_usage_collector_doctor_probe. A check that needs another is skipped when that \
            one has a problem.

            EXAMPLES
              copilot-local doctor --env-file .env
              copilot-local doctor --organization acme --json

            EXIT STATUS
              0  no problem; a warning is none
              1  a problem
              2  the settings are wrong
            """)

    @Option(
        name: .customLong("organization"),
        help: ArgumentHelp("Only this organization; may be repeated.", valueName: "login"))
    var organizations: [OrganizationLogin] = []

    @OptionGroup var options: CommonOptions

    func run() async throws {
        let runtime: Runtime
        do {
            runtime = try Runtime(options, for: Set(FunctionName.allCases))
        } catch {
            if options.json { Terminal.show(json: JSON.encode(Diagnosis.unreadable(error))) }
            throw error
        }
        let diagnosis = await checks(of: runtime).run()
        if options.json {
            Terminal.show(json: JSON.encode(diagnosis))
        } else {
            Terminal.show(DiagnosisText.lines(diagnosis, Terminal.style))
        }
        if diagnosis.isFault { throw Ending(status: .fault) }
    }

    private func checks(of runtime: Runtime) -> DoctorChecks {
        let (settings, adapters) = (runtime.settings, runtime.adapters)
        let functions = Functions(settings: settings, adapters: adapters)
        return DoctorChecks(
            setup: DoctorChecks.Setup(
                warnings: settings.warnings, authorizeURL: functions.authorizeURL,
                lookbackDays: settings.lookbackDays, identity: settings.userIdentity,
                organizations: organizations),
            github: functions.gitHub, store: adapters.store, vault: adapters.vault,
            clock: adapters.clock, entropy: adapters.entropy,
            backends: settings.sinks.map { sink in
                DoctorChecks.Backend(name: sink.name) { time throws(Failure) in
                    try await sink.probe(at: time, through: adapters)
                }
            },
            progress: { name, about in
                if !options.quiet {
                    Terminal.say(
                        "checking \(name.rawValue)\(about.map { " of \($0)" } ?? "") …")
                }
            })
    }
}
