import ArgumentParser
import Deployment
import Domain
import FunctionInterface
import Host
import Ports
import Toolbox

/// Runs one function on one event, as the cloud would.
struct Invoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs one function on one event and prints its result.",
        discussion: """
            The result is one JSON document on standard output, the same as in the cloud. \
            Follow-up events are part of the result; they are not published.

            FUNCTIONS
              onAuthorize, onAuthorizeCallback, onDailyTick, onCollectOrg

            EXAMPLES
              echo '{}' | copilot-local invoke onDailyTick --event -
              copilot-local invoke onCollectOrg --event event.json
            """)

    @Argument(help: "The function.", transform: Arguments.function)
    var function: FunctionName

    @Option(help: ArgumentHelp("The event, JSON; - for standard input.", valueName: "file"))
    var event: String

    @OptionGroup var options: CommonOptions

    func run() async throws {
        let event = try JSON.event(try EventFile.read(event), for: function.rawValue)
        let runtime = try Runtime(options, for: [function])
        try await runtime.requireApp(options)
        if function == .onCollectOrg { try await mentionUnknown(in: event, runtime) }
        let conclusion = await runtime.conclude(function, event)
        Terminal.show(json: conclusion.document)
        if conclusion.exitStatus != .done { throw Ending(status: conclusion.exitStatus) }
    }

    /// Says that the event names an integration that is not there, which is a typing error more often
    /// than not: an organization can be collected without one.
    private func mentionUnknown(in event: JSONValue, _ runtime: Runtime) async throws(Failure) {
        guard let text = (event["data"] ?? event)["integration"]?.text,
            let id = IntegrationID(text),
            try await runtime.adapters.store.readableEntry(for: .integration(id)) == nil
        else { return }
        let known = try await runtime.adapters.store.allKeys(prefix: StoreKey.integrationPrefix)
            .map { String($0.description.dropFirst(StoreKey.integrationPrefix.count)) }
        Terminal.say(
            """
            copilot-local: No integration has the id \(id).\(Spelling.hint(text, known)) The \
            organization is collected without one, with the tags of APPLICATION_NAME and \
            SUBSYSTEM_NAME. copilot-local integrations lists those that are connected.
            """)
    }
}
