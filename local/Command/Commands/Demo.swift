import FunctionInterface
import Toolbox
import Deployment
import ArgumentParser
import Domain
import Host
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The main job, whole, without an account or a network.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows everything at work, offline: authorization, daily ticks, collection.",
        discussion: """
            Starts a simulated GitHub on loopback, authorizes against it as a browser would, and \
            plays daily ticks on a virtual clock. Everything it writes lies in --folder, which is \
            emptied first; samples go there too unless METRICS_SINK says otherwise.

            EXAMPLES
              copilot-local demo
              copilot-local demo --days 21 --organizations 10 --users 200
              METRICS_SINK=remote-write:http://127.0.0.1:9090/api/v1/write \\
                copilot-local demo
            """)

    @Option(help: ArgumentHelp("How many days are collected.", valueName: "count"))
    var days = 7

    @Option(help: ArgumentHelp("The last of them.", valueName: "day"))
    var lastDay = Day("2026-04-18") ?? Day(number: 0)

    @Option(help: ArgumentHelp("Where everything is written.", valueName: "folder"))
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
