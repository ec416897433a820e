import FunctionInterface
import Toolbox
import ArgumentParser
import Domain
import Host
import Ports
import Runner

/// Says what failed for good, and sends it again.
struct DeadLetters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "Lists the events that failed for good, and sends them again.",
        subcommands: [List.self, Redrive.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the dead letters (what happens without a subcommand).")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let dead = try await Runtime.bus(options).queued().filter { $0.due == nil }
            guard !options.json else { return Terminal.show(json: JSON.encode(dead)) }
            guard !dead.isEmpty else { return Terminal.show(["There are no dead letters."]) }
            Terminal.show(
                dead.flatMap { letter in
                    let count = letter.attempts == 1 ? "1 attempt" : "\(letter.attempts) attempts"
                    return [
                        Terminal.style(letter.event.id, .bad),
                        "    \(letter.event.subject ?? letter.event.type.rawValue), \(count)",
                    ] + (letter.reason ?? "").wrapped(width: 100, indent: "    ")
                })
        }
    }

    struct Redrive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends dead letters again, with the same ids, and works them off.",
            discussion: """
                To work them off takes all that a tick takes. Where workers are up, --only-send \
                leaves that to them, and needs no more than EVENT_BUS.

                EXAMPLES
                  copilot-local dead-letters redrive
                  copilot-local dead-letters redrive collect/1001-copilot/900100/2026-11-21/2026-11-22
                """)

        @Argument(help: "The events; all dead letters if none is named.")
        var ids: [String] = []

        @Flag(help: "Only put them back on the bus, for its workers.")
        var onlySend = false

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let bus = try Runtime.bus(options)
            let dead = try await bus.queued().filter { $0.due == nil }.map(\.event.id)
            if let unknown = ids.first(where: { !dead.contains($0) }) {
                throw Failure(
                    .misconfigured,
                    "\(unknown) is not among the dead letters: see copilot-local dead-letters")
            }
            // Nothing is sent before everything is there that it takes to work it off.
            let isWorking = !onlySend && !dead.isEmpty
            let runtime =
                isWorking ? try Runtime(options, for: [.onDailyTick, .onCollectOrg]) : nil
            let count = dead.isEmpty ? 0 : try await bus.redrive(ids.isEmpty ? nil : Set(ids))
            if !options.quiet {
                Terminal.say(
                    count == 1
                        ? "1 dead letter is sent again." : "\(count) dead letters are sent again.")
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
            if round.report.isFault() { throw Ending(status: .fault) }
        }
    }
}
