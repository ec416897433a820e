import Toolbox
import Lifecycle
import Worker
import ArgumentParser
import Domain
import GitHubSimulator
import Host
import Logging
import Ports
import Runner
import SystemClock

/// Serves only the simulated GitHub.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves a simulated GitHub on loopback, for trying clients against it.",
        discussion: """
            Prints the variables by which a client finds it, as a file for --env-file, and serves \
            until it is stopped. The App's key and secret are made anew each time.

            EXAMPLES
              copilot-local simulate --list
              copilot-local simulate > sim.env & copilot-local run --env-file sim.env
              copilot-local simulate --scenario late-reports --port 9100

            What nobody could authorize under begins when somebody has authorized.
            """)

    @Option(help: ArgumentHelp("The port of the API; 0 for any.", valueName: "port"))
    var port = 0

    @Option(help: ArgumentHelp("How things are at GitHub; see --list.", valueName: "name"))
    var scenario = "plain"

    @Flag(help: "List the scenarios and exit.")
    var list = false

    @Option(help: ArgumentHelp("Where authorizations return to.", valueName: "url"))
    var callback = "http://127.0.0.1:8080/authorize/callback"

    @Option(help: ArgumentHelp("Consent at once as this person.", valueName: "login"))
    var person: String?

    @OptionGroup var size: WorldOptions

    @Flag(help: "Print JSON on standard output.")
    var json = false

    @Flag(help: "Say nothing on the way.")
    var quiet = false

    func validate() throws {
        guard Scenario.named(scenario) != nil else {
            throw ValidationError("there is no scenario \(scenario): see --list")
        }
        guard 0...65_535 ~= port else { throw ValidationError("--port must be from 0 to 65535") }
    }

    func run() async throws {
        guard !list else { return show(Scenario.all) }
        let clock = SystemClock()
        let today = Day(containing: clock.now())
        // Days to come appear as they end, so that it can be left running; today is in the middle.
        let days = today.advanced(by: -400)...today.advanced(by: 400)
        var simulation = try SimulatorSetup(
            callbackURL: callback, seed: size.seed,
            world: try SimulatorSetup.world(size, days: days),
            consent: person.map { .automatic(login: $0) } ?? .page)
        simulation.configuration.apiPort = port
        let chosen = Scenario.named(scenario)
        if let chosen, !chosen.isLater { simulation.apply(chosen) }

        let logger = Logger(label: "simulated-github") { _ in
            LineLogHandler(logLevel: .notice, format: .text, clock: clock)
        }
        let github = try SimulatedGitHub(
            configuration: simulation.configuration, world: simulation.world, clock: clock,
            logger: logger)
        let (stopped, announcement) = AsyncStream.makeStream(of: Never.self)
        let signals = Signals { announcement.finish() }
        defer { signals.end() }
        do {
            try await github.withRunning { addresses in
                show(simulation.variables(at: addresses))
                if !quiet {
                    Terminal.say("The simulated GitHub serves on \(addresses.api) until stopped.")
                }
                let later = Task {
                    guard let chosen, chosen.isLater else { return }
                    try await begin(chosen, at: github)
                }
                for await _ in stopped {}
                later.cancel()
            }
        } catch {
            throw Failure(
                .misconfigured, "port \(port) cannot be listened on: choose another with --port")
        }
        for violation in github.violations {
            Terminal.say("No correct client does this: \(violation)")
        }
    }

    /// Lets a scenario begin when somebody has authorized and nothing more is asked for a moment.
    private func begin(_ scenario: Scenario, at github: SimulatedGitHub) async throws {
        if !quiet { Terminal.say("\(scenario.name) begins when somebody has authorized.") }
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
        if !quiet { Terminal.say("From now on: \(scenario.explanation)") }
    }

    private func show(_ variables: [String: String]) {
        guard !json else { return Terminal.show(json: JSON.encode(variables)) }
        Terminal.show(EnvironmentText.lines(variables))
    }

    private func show(_ scenarios: [Scenario]) {
        guard !json else {
            let names = Dictionary(
                uniqueKeysWithValues: scenarios.map { ($0.name, $0.explanation) })
            return Terminal.show(json: JSON.encode(names))
        }
        var table = Table([.words("SCENARIO"), .words("WHAT HAPPENS")])
        for scenario in scenarios { table.add(["\(scenario.name)", "\(scenario.explanation)"]) }
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
