import ArgumentParser
import Deployment
import Domain
import FunctionInterface
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
              METRICS_SINK=remote-write:http://127.0.0.1:9090/api/v1/write \\
                copilot-local demo
            """)

    @Option(help: ArgumentHelp("The number of days to collect, 1 to 366.", valueName: "count"))
    var days = 7

    @Option(help: ArgumentHelp("The last day to collect, such as 2026-04-18.", valueName: "day"))
    var lastDay = Day("2026-04-18") ?? Day(number: 0)

    @Option(help: ArgumentHelp("The folder to write to.", valueName: "folder"))
    var folder = "./demo"

    @OptionGroup var size: WorldOptions

    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard 1...366 ~= days else { throw ValidationError("--days must be from 1 to 366") }
    }

    func run() async throws {
        let first = lastDay.advanced(by: 1 - days)
        var environment = ProcessInfo.processInfo.environment
        if let file = options.envFile {
            environment.merge(try EnvironmentFile.read(file)) { mine, _ in mine }
        }
        let play = DemoPlay(
            folder: try DemoFolder(emptying: folder), days: first...lastDay, size: size,
            options: options, environment: environment)
        let result = try await play.run()
        if options.json {
            Terminal.show(json: JSON.encode(result.report))
        } else {
            Terminal.show(DemoText.lines(result, in: play.folder, Terminal.style))
        }
        if !result.isRight { throw Ending(status: .fault) }
    }
}
