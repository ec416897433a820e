import ArgumentParser
import Deployment
import Domain
import FunctionInterface
import Host
import Logging
import Ports
import Runner
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Runs a recording again and compares.
struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replays a recording without a network, and compares every result.",
        discussion: """
            Results, requests, writes to the store and samples must match the recording byte for \
            byte. If USER_IDENTITY was pseudonym, set STATE_ENCRYPTION_KEYS to the keys used then: \
            pseudonyms are derived from them.

            EXAMPLE
              copilot-local replay ./recording
            """)

    @Argument(help: "The folder of the recording.")
    var folder: String

    @Flag(help: "Print JSON on standard output instead of a table.")
    var json = false

    /// One run that was played.
    private struct Played: Encodable {
        var run: String
        var differences: [Player.Difference]
    }

    func run() async throws {
        let (about, tapes) = try RecordingFolder.read(folder)
        let settings = try Recording.settings(
            about.settings, environment: ProcessInfo.processInfo.environment)
        let silent = Logger(label: "replay") { _ in SwiftLogNoOpLogHandler() }
        var played: [Played] = []
        for (name, tape) in tapes {
            let differences = await Player.play(tape) { ports, event in
                let functions = Functions(settings: settings, adapters: Recording.adapters(ports))
                let invoker = Invoker(logger: silent) { name throws(Failure) in
                    try functions[name]
                }
                return await invoker.run(tape.function, event: event)
            }
            played.append(Played(run: name, differences: differences))
        }
        show(played)
        if played.contains(where: { !$0.differences.isEmpty }) { throw Ending(status: .fault) }
    }

    private func show(_ played: [Played]) {
        guard !json else { return Terminal.show(json: JSON.encode(played)) }
        let style = Terminal.style
        let different = played.filter { !$0.differences.isEmpty }
        for run in different {
            Terminal.show([style(run.run, .bad)])
            for difference in run.differences {
                Terminal.show([
                    "  \(difference.what)", "    was  \(difference.was)",
                    "    now  \(difference.now)",
                ])
            }
        }
        Terminal.show([
            different.isEmpty
                ? style("\(played.count) of \(played.count) runs match the recording.", .good)
                : style(
                    "\(different.count) of \(played.count) runs differ from the recording.", .bad)
        ])
    }
}
