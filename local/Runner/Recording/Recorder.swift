public import Domain
public import FunctionInterface
import Ports
import Synchronization
import Toolbox

/// Runs functions and keeps a ``RecordedRun`` of each run.
///
/// Recording changes nothing: every port answers what it would have answered. What is heard is
/// held in memory until the run ends, reply bodies included.
public struct Recorder: Sendable {
    private let folder: RecordingFolder

    /// Creates a recorder that saves into `folder`.
    public init(into folder: RecordingFolder) { self.folder = folder }

    /// Learns settings that were not known when the recording began.
    ///
    /// - Parameters:
    ///   - settings: Values by name, without secrets.
    ///   - secrets: Secrets by the name of their variable, which stands in for them.
    public func learn(
        settings: [String: String], secrets: [String: String]
    ) throws(Failure) {
        for (name, secret) in secrets { folder.scrubber.learn(secret, as: name) }
        try folder.add(settings.merging(secrets.map { ($0.key, $0.key) }) { $1 })
    }

    /// Runs a function once, makes its state changes and saves the tape of both.
    ///
    /// - Parameters:
    ///   - event: The event's JSON.
    ///   - ports: The ports to listen at.
    ///   - body: Runs the function on the ports that it is given.
    /// - Returns: What `body` returns, its state changes made; or the failure of making or saving them.
    public func run(
        _ function: FunctionName, on event: JSONValue, ports: FunctionPorts,
        _ body: (FunctionPorts) async -> Conclusion
    ) async -> Conclusion {
        let name = folder.nextName(for: function)
        let session = RecordingSession(
            RecordedRun(function: function, event: event), folder.scrubber)
        let conclusion = await body(session.listening(at: ports)).keeping()
        do throws(Failure) {
            try folder.save(session.tape(ending: conclusion.document), as: name)
            return conclusion
        } catch {
            return Conclusion(function, failure: error)
        }
    }
}

/// What was heard so far of one run, secrets still in it.
final class RecordingSession: Sendable {
    private struct State {
        var run: RecordedRun
        var happened = 0
    }

    let scrubber: Scrubber
    private let heard: Mutex<State>

    init(_ tape: RecordedRun, _ scrubber: Scrubber) {
        heard = Mutex(State(run: tape))
        self.scrubber = scrubber
        scrubber.learn(event: JSON.encode(tape.event))
    }

    func listening(at ports: FunctionPorts) -> FunctionPorts {
        FunctionPorts(
            transport: RecordingTransport(ports.transport, self),
            store: RecordingStore(ports.store, self), clock: RecordingClock(ports.clock, self),
            entropy: RecordingEntropy(ports.entropy, self),
            vault: RecordingVault(ports.vault, self), sink: RecordingMetricSink(ports.sink, self))
    }

    @discardableResult
    func note<Value>(_ change: (inout RecordedRun) -> Value) -> Value {
        heard.withLock { change(&$0.run) }
    }

    /// Notes something whose place among everything else that is numbered matters.
    ///
    /// - Parameter change: Receives the next number.
    @discardableResult
    func note<Value>(_ change: (inout RecordedRun, Int) -> Value) -> Value {
        heard.withLock { state in
            state.happened += 1
            return change(&state.run, state.happened)
        }
    }

    func tape(ending output: [UInt8]) -> RecordedRun {
        scrubber.learn(document: output)
        let tape = note { tape in
            tape.result = JSON.value(of: output)
            return tape
        }
        for case .bytes(let reply) in tape.exchanges.compactMap(\.reply) {
            scrubber.learn(document: reply)
        }
        return tape
    }
}
