import ArgumentParser
import Deployment
import Domain
import GitHubSimulator
import HTTPHost
import Host
import Lifecycle
import Logging
import Ports
import Runner
import Toolbox
import Worker

/// Serves only the simulated GitHub.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves a simulated GitHub on loopback, for trying other clients.",
        discussion: """
            Prints the variables that a client needs to find it, as a file for --env-file, and \
            serves until it is stopped. Each start generates a new key and secret for the App. A \
            scenario that would prevent the authorization begins after it.

            EXAMPLES
              copilot-local simulate --list
              copilot-local simulate > sim.env
              copilot-local run --env-file sim.env     (in another terminal)
              copilot-local simulate --without-app > sim.env      (to make an App at /setup)
              copilot-local simulate --scenario late-reports --port 9100
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The port of the API; 0 chooses a free one.", valueName: "port"),
        transform: Arguments.port)
    var port = 0

    @Option(
        help: ArgumentHelp(
            "The scenario to play, by default none; see --list.", valueName: "name"),
        transform: Arguments.scenario)
    var scenario: Scenario?

    @Flag(help: "List the scenarios and exit.")
    var list = false

    @Flag(help: "Register no App: it is made from a manifest or on the registration page.")
    var withoutApp = false

    @Option(help: ArgumentHelp("The callback URL of the App.", valueName: "url"))
    var callback = "http://127.0.0.1:8080/authorize/callback"

    @Option(
        help: ArgumentHelp("Consent at once as this person, without a page.", valueName: "login"))
    var person: String?

    @OptionGroup var size: WorldOptions

    @Flag(help: "Print JSON on standard output.")
    var json = false

    @Flag(help: "Print no progress.")
    var quiet = false

    func validate() throws {
        let people = [Person.owner, .plainMember, .stranger].map(\.login)
        guard let person, !people.contains(person) else { return }
        throw ValidationError(
            "--person: nobody is called \(person).\(Spelling.hint(person, people))"
                + " Use one of \(people.joined(separator: ", ")).")
    }

    func run() async throws {
        guard !list else { return show(Scenario.groups) }
        let clock = SystemPorts.clock
        let today = Day(containing: clock.now())
        // Today is in the middle: future days appear as they end, so the server can stay up.
        let days = today.advanced(by: -400)...today.advanced(by: 400)
        var simulation = try SimulatorSetup(
            callbackURL: callback, seed: size.seed,
            world: try SimulatorSetup.world(
                size, around: days.lowerBound...today.advanced(by: -1), days: days),
            consent: person.map { .automatic(login: $0) } ?? .page)
        simulation.configuration.apiPort = port
        if withoutApp { simulation.configuration.app = nil }
        if let scenario, !scenario.isLater { simulation.apply(scenario) }

        let logger = Logger(label: "simulated-github") { _ in
            LineLogHandler(logLevel: .notice, format: .text, clock: clock)
        }
        let github = try SimulatedGitHub(
            configuration: simulation.configuration, world: simulation.world, clock: clock,
            logger: logger)
        let (stopped, announcement) = AsyncStream.makeStream(of: Never.self)
        do {
            try await withStopSignals {
                announcement.finish()
            } _: {
                try await github.withRunning { addresses in
                    show(simulation.variables(at: addresses))
                    if !quiet {
                        Terminal.say(
                            "The simulated GitHub is listening on \(addresses.api). Stop it with Ctrl-C."
                        )
                    }
                    let later = Task {
                        guard let scenario, scenario.isLater else { return }
                        try await begin(scenario, at: github)
                    }
                    for await _ in stopped {}
                    later.cancel()
                }
            }
        } catch {
            throw Failure.cannotListen(
                on: "127.0.0.1, port \(port)", error,
                advice: "Choose another port with --port.")
        }
        for violation in github.violations {
            Terminal.say("Protocol violation: \(violation)")
        }
    }

    /// Begins a scenario once there is an authorization and no request arrived for a second.
    private func begin(_ scenario: Scenario, at github: SimulatedGitHub) async throws {
        if !quiet {
            Terminal.say("Scenario \(scenario.name) begins after the first authorization.")
        }
        var count = -1
        while true {
            let requests = github.requests
            let isConnected = requests.contains {
                $0.operation == .exchangeCode && $0.status == 200
            }
            if isConnected, requests.count == count { break }
            count = requests.count
            try await Task.sleep(for: .seconds(1))
        }
        github.begin(scenario)
        if !quiet { Terminal.say("Scenario \(scenario.name) begins: \(scenario.explanation)") }
    }

    private func show(_ variables: [String: String]) {
        guard !json else { return Terminal.show(json: JSON.encode(variables)) }
        Terminal.show(EnvironmentText.lines(variables))
    }

    private func show(_ groups: [ScenarioGroup]) {
        let scenarios = groups.flatMap(\.scenarios)
        guard !json else {
            let names = Dictionary(
                uniqueKeysWithValues: scenarios.map { ($0.name, $0.explanation) })
            return Terminal.show(json: JSON.encode(names))
        }
        var table = Table([.words("CLASS"), .words("SCENARIO"), .words("WHAT HAPPENS")])
        for group in groups {
            for (index, scenario) in group.scenarios.enumerated() {
                let title = index == 0 ? group.title : ""
                table.add(["\(title)", "\(scenario.name)", "\(scenario.explanation)"])
            }
        }
        Terminal.show(table.lines(Terminal.style))
    }
}

/// Variables as a file for `--env-file`.
enum EnvironmentText {
    /// A line for each variable, by name; values in double quotes, line breaks as `\n`.
    static func lines(_ variables: [String: String]) -> [String] {
        variables.sorted { $0.key < $1.key }.map { name, value in
            let quoted = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                .replacing("\n", with: "\\n")
            return "\(name)=\"\(quoted)\""
        }
    }
}
