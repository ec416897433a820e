import ArgumentParser
import Deployment
import Domain
import FunctionInterface
import Host
import Ports
import Runner
import Toolbox

/// Lists dead letters, and sends them again.
struct DeadLetters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "Lists the events that failed permanently, and sends them again.",
        subcommands: [List.self, Redrive.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the dead letters (the default subcommand).")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let dead = try await Runtime.bus(options).queued().filter {
                $0.due == nil
            }
            guard !options.json else { return Terminal.show(json: JSON.encode(dead)) }
            guard !dead.isEmpty else { return Terminal.show(["No dead letters."]) }
            Terminal.show(
                dead.flatMap { letter in
                    let count = letter.attempts == 1 ? "1 attempt" : "\(letter.attempts) attempts"
                    return [
                        Terminal.style(letter.event.id, .bad),
                        "    \(letter.event.subject ?? letter.event.type.rawValue), \(count)",
                    ] + Terminal.style.prose(letter.reason ?? "", indent: "    ")
                })
        }
    }

    struct Redrive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends dead letters again, with the same ids, and processes them.",
            discussion: """
                Processing needs the same variables as a tick. Where workers are running, \
                --only-send leaves the processing to them and needs only EVENT_BUS.

                EXAMPLES
                  copilot-local dead-letters redrive
                  copilot-local dead-letters redrive ID
                """)

        @Argument(help: "The ids of the events; all dead letters if none is given.")
        var ids: [String] = []

        @Flag(help: "Only put the events back on the bus, for workers to process.")
        var onlySend = false

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let bus = try Runtime.bus(options)
            let dead = try await bus.queued().filter { $0.due == nil }.map(\.event.id)
            if let unknown = ids.first(where: { !dead.contains($0) }) {
                throw Failure(
                    .misconfigured,
                    "No dead letter has the id \(unknown). List them with copilot-local dead-letters."
                )
            }
            // Check the configuration for processing before anything is sent.
            let isWorking = !onlySend && !dead.isEmpty
            let runtime =
                isWorking
                ? try Runtime(
                    options, for: [.onDailyTick, .onCollectOrg], needsState: true) : nil
            let count = dead.isEmpty ? 0 : try await bus.redrive(ids.isEmpty ? nil : Set(ids))
            if !options.quiet {
                Terminal.say(
                    count == 1 ? "Sent 1 dead letter again." : "Sent \(count) dead letters again.")
            }
            guard let runtime else {
                if options.json { Terminal.show(json: JSON.encode(TickReport([]))) }
                return
            }
            let round = Round(runtime, options)
            try await round.work()
            if options.json {
                Terminal.show(json: JSON.encode(round.report))
            } else {
                Terminal.show(ReportText.lines(round.report, Terminal.style))
            }
            if round.isStopped {
                await round.sayWhatIsLeft()
                throw Ending(status: .interrupted)
            }
            if round.report.isFault() { throw Ending(status: .fault) }
        }
    }
}
