import Toolbox
public import Domain
import Ports
import Synchronization

/// Runs functions and keeps a ``RecordedRun`` of each run.
///
/// Recording changes nothing: every port answers what it would have answered. What is heard is
/// held in memory until the run ends, reply bodies included.
public struct Recorder: Sendable {
    private let folder: RecordingFolder

    /// Creates a recorder that saves into `folder`.
    public init(into folder: RecordingFolder) { self.folder = folder }

    /// Runs a function once and saves the tape of it.
    ///
    /// - Parameters:
    ///   - function: The function's name.
    ///   - event: The event's JSON.
    ///   - ports: The ports to listen at.
    ///   - body: Runs the function on the ports that it is given.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or what saving the tape throws.
    public func run(
        _ function: FunctionName, on event: [UInt8], ports: FunctionPorts,
        _ body: (FunctionPorts) async throws(Failure) -> [UInt8]
    ) async throws(Failure) -> [UInt8] {
        let name = folder.nextName(for: function)
        let session = RecordingSession(
            RecordedRun(function: function, event: JSON.value(of: event)), folder.scrubber)
        let result: Result<[UInt8], Failure>
        do throws(Failure) {
            result = .success(try await body(session.listening(at: ports)))
        } catch {
            result = .failure(error)
        }
        try folder.save(session.tape(ending: result), as: name)
        return try result.get()
    }
}

/// What was heard so far of one run, secrets still in it.
final class RecordingSession: Sendable {
    let scrubber: Scrubber
    private let heard: Mutex<RecordedRun>

    init(_ tape: RecordedRun, _ scrubber: Scrubber) {
        heard = Mutex(tape)
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
    func note<Result>(_ change: (inout RecordedRun) -> Result) -> Result {
        heard.withLock { change(&$0) }
    }

    func tape(ending result: Result<[UInt8], Failure>) -> RecordedRun {
        let output = RecordedRun.document(of: result)
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
