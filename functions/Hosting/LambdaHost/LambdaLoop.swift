public import Domain
public import FunctionInterface
public import Host
import Lifecycle
import Logging
public import Ports

/// Serves the functions to AWS Lambda: receives an event, responds, receives the next.
public struct LambdaLoop: Sendable {
    /// The variable in which Lambda provides the address of its Runtime API.
    static let addressVariable = "AWS_LAMBDA_RUNTIME_API"
    /// How long before Lambda's time limit a function is stopped, to leave time to report it.
    static let margin = Duration.seconds(2)

    private let service: Service
    private let api: RuntimeAPI

    /// Creates a loop.
    ///
    /// - Parameters:
    ///   - service: The service to run.
    ///   - transport: The transport for requests to the Runtime API.
    /// - Throws: `misconfigured` if the program is not running on Lambda.
    public init(_ service: Service, transport: any HTTPTransport) throws(Failure) {
        guard let address = service.environment[Self.addressVariable] else {
            throw Failure(.misconfigured, "\(Self.addressVariable) is not set: this is not Lambda")
        }
        self.service = service
        api = RuntimeAPI(address: address, transport: transport)
    }

    /// Serves Lambda; the implementation of ``Servers/lambda``.
    @Sendable public static func serve(_ service: Service) async throws(Failure) -> CommandStatus {
        try await LambdaLoop(service, transport: service.adapters.transport).run()
    }

    /// Reports to Lambda, if Lambda started the program, that it cannot start.
    ///
    /// It is the implementation of ``Servers/report``.
    @Sendable public static func report(
        _ failure: Failure, environment: [String: String], transport: any HTTPTransport
    ) async {
        guard let address = environment[addressVariable], !address.isEmpty else { return }
        // A failed report is ignored: the exit status also carries it.
        try? await RuntimeAPI(address: address, transport: transport)
            .failStart(with: failure)
    }

    /// Serves until the process is asked to stop, and first responds to the current event.
    public func run() async -> CommandStatus {
        service.logger.info(
            "serving Lambda",
            metadata: ["functions": "\(service.functions.map(\.rawValue).joined(separator: " "))"])
        do {
            try await withGracefulShutdown {
                while let request = try await untilGracefulShutdown({ try await api.next() }) {
                    try await handle(request)
                }
            }
            return .done
        } catch {
            let failure = error as? Failure ?? Failure(.unavailable, "\(error)")
            service.logger.critical("\(failure.message)")
            return .fault
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
            // Lambda gave up on the event in the meantime, so repeating it is up to Lambda.
            logger.error("\(error.message)")
        }
    }
}
