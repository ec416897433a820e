import ArgumentParser
import Deployment
import Domain
import FunctionInterface
import GitHubSimulator
import Host
import Ports
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The main job from end to end, without an account or a network.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Plays authorization, daily ticks and collection against a simulated GitHub.",
        discussion: """
            Starts a simulated GitHub on loopback, authorizes as a browser would, and plays daily \
            ticks on a virtual clock. Needs no account, no network and no variables. Everything is \
            written to --folder, which is emptied first; samples too, unless METRICS_SINK is set.

            EXAMPLES
              copilot-local demo
              copilot-local demo --days 21 --organizations 10 --users 200
              copilot-local demo --scenario outage
              METRICS_SINK=remote-write:http://127.0.0.1:9090/api/v1/write \\
                copilot-local demo
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The number of days to collect, 1 to 366.", valueName: "count"),
        transform: Arguments.number(1...366))
    var days = 7

    @Option(
        help: ArgumentHelp(
            "The last day to collect, such as 2026-04-18, by default yesterday.",
            valueName: "day"), transform: Arguments.pastDay)
    var lastDay: Day?

    @Option(
        help: ArgumentHelp(
            "What goes wrong at GitHub; see `copilot-local simulate --list`.", valueName: "name"),
        transform: Arguments.scenario)
    var scenario: Scenario?

    @Option(help: ArgumentHelp("The folder to write to.", valueName: "folder"))
    var folder = "./demo"

    @OptionGroup var size: WorldOptions

    @OptionGroup var options: CommonOptions

    func run() async throws {
        let last = lastDay ?? Day(containing: SystemPorts.clock.now()).advanced(by: -1)
        var environment = ProcessInfo.processInfo.environment
        if let file = options.envFile {
            environment.merge(try EnvironmentFile.read(file)) { mine, _ in mine }
        }
        let play = DemoPlay(
            folder: try DemoFolder(emptying: folder), days: last.advanced(by: 1 - days)...last,
            size: size, scenario: scenario, options: options, environment: environment)
        let result = try await play.run()
        if options.json {
            Terminal.show(json: JSON.encode(result.report))
        } else {
            Terminal.show(DemoText.lines(result, in: play.folder, Terminal.style))
        }
        guard result.faults.isEmpty else {
            Terminal.say("")
            for fault in result.faults { Terminal.say("copilot-local: \(fault)") }
            throw Ending(status: .fault)
        }
    }
}
