public import FunctionInterface
public import Domain
public import Host
import Logging
public import Ports
import Synchronization
import Lifecycle

/// Serves the functions to AWS Lambda: takes an event, answers it, takes the next.
public struct LambdaLoop: Sendable {
    /// The variable by which Lambda says where its Runtime API is.
    static let addressVariable = "AWS_LAMBDA_RUNTIME_API"
    /// How long before Lambda's time limit a function is stopped, so that there is time to say so.
    static let margin = Duration.seconds(2)

    private let service: Service
    private let api: RuntimeAPI

    /// Creates a loop.
    ///
    /// - Parameters:
    ///   - service: What is served.
    ///   - transport: What requests to the Runtime API travel by.
    /// - Throws: `misconfigured` if this is not Lambda.
    public init(_ service: Service, transport: any HTTPTransport) throws(Failure) {
        guard let address = service.environment[Self.addressVariable] else {
            throw Failure(.misconfigured, "\(Self.addressVariable) is not set: this is not Lambda")
        }
        self.service = service
        api = RuntimeAPI(address: address, transport: transport)
    }

    /// Serves Lambda: what ``Servers/lambda`` is.
    @Sendable public static func serve(_ service: Service) async throws(Failure) -> CommandStatus {
        try await LambdaLoop(service, transport: service.adapters.transport).run()
    }

    /// Reports to Lambda that the program cannot start, if Lambda started it: what
    /// ``Servers/report`` is.
    @Sendable public static func report(
        _ failure: Failure, environment: [String: String], transport: any HTTPTransport
    ) async {
        guard let address = environment[addressVariable], !address.isEmpty else { return }
        // The program's exit says it too; there is nobody else to tell.
        try? await RuntimeAPI(address: address, transport: transport)
            .failStart(with: failure)
    }

    /// Serves until the process is asked to stop; an event that is begun is answered first.
    ///
    /// - Returns: How it ended.
    public func run() async -> CommandStatus {
        let wait = Interruptible()
        let signals = Signals { wait.interrupt() }
        defer { signals.end() }
        service.logger.info(
            "serving Lambda",
            metadata: ["functions": "\(service.functions.map(\.rawValue).joined(separator: " "))"])
        while true {
            do throws(Failure) {
                guard
                    let request = try await wait.run({ () async throws(Failure) in
                        try await api.next()
                    })
                else { return .done }
                try await handle(request)
            } catch {
                service.logger.critical("\(error.message)")
                return .fault
            }
        }
    }

    private func handle(_ request: RuntimeAPI.Request) async throws(Failure) {
        var logger = service.logger
        logger[metadataKey: "request"] = "\(request.id)"
        if let trace = request.trace { logger[metadataKey: "trace"] = "\(trace)" }
        let function = LambdaFunction(
            service: service, logger: logger,
            end: request.deadline.map { $0.advanced(by: .zero - Self.margin) })
        let output: [UInt8]
        do throws(Failure) {
            output = try await function.handle(request.event)
        } catch {
            return try await api.fail(request, with: error)
        }
        do throws(Failure) {
            try await api.answer(request, with: output)
        } catch  where error.code == .limitExceeded {
            logger.error("\(error.message)")
            try await api.fail(request, with: error)
        } catch  where error.code == .rejected {
            // Lambda gave the event up meanwhile: that is for it to repeat.
            logger.error("\(error.message)")
        }
    }
}

/// Something to wait for, until somebody says to wait no longer.
private final class Interruptible: Sendable {
    private let state = Mutex<(isOver: Bool, cancel: (@Sendable () -> Void)?)>((false, nil))

    /// Ends the wait, and every later one.
    func interrupt() {
        let cancel = state.withLock { state in
            state.isOver = true
            return state.cancel
        }
        cancel?()
    }

    /// Waits for `body`.
    ///
    /// - Returns: What it gives; nil if the wait was ended.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value? {
        let task = Task { () async -> Result<Value, Failure> in
            do throws(Failure) { return .success(try await body()) } catch {
                return .failure(error)
            }
        }
        let isOver = state.withLock { state in
            state.cancel = { task.cancel() }
            return state.isOver
        }
        if isOver { task.cancel() }
        let result = await task.value
        if case .failure = result, state.withLock({ $0.isOver }) { return nil }
        return try result.get()
    }
}
