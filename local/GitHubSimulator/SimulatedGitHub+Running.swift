import Domain
import Logging
import Ports
import Synchronization

/// The addresses of a running simulator.
public struct SimulatorAddresses: Hashable, Sendable {
    /// The base URL of the REST API, of GraphQL and of the web pages.
    public let api: String
    /// The base URL of report links.
    public let reports: String

    /// The report host with its port, as a list of trusted hosts contains it.
    public var reportHost: String { String(reports.dropFirst("http://".count)) }
}

extension SimulatedGitHub {
    /// Listens while `body` runs.
    ///
    /// - Parameter body: Receives the addresses once both servers listen.
    /// - Returns: The value that `body` returns.
    /// - Throws: The error that `body` throws, or why a server cannot listen.
    public func withRunning<Result>(
        _ body: (SimulatorAddresses) async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let reports = try await start(.reportHost, configuration.reportPort, in: &group)
            let api = try await start(.api, configuration.apiPort, in: &group)
            let addresses = SimulatorAddresses(
                api: "http://127.0.0.1:\(api)", reports: "http://127.0.0.1:\(reports)")
            self.addresses.withLock { $0 = addresses }
            let result = try await body(addresses)
            group.cancelAll()
            // Both end with a cancellation error, which is expected.
            while await group.nextResult() != nil {}
            return result
        }
    }

    /// Listens until the task is cancelled.
    ///
    /// - Parameter onReady: Receives the addresses once both servers listen.
    /// - Throws: Why a server cannot listen.
    public func run(onReady: (SimulatorAddresses) -> Void = { _ in }) async throws {
        try await withRunning { addresses in
            onReady(addresses)
            // The stream stays empty, so the loop ends when the task is cancelled.
            let (nothing, source) = AsyncStream.makeStream(of: Never.self)
            for await _ in nothing {}
            source.finish()
        }
    }

    private func start(
        _ role: SimulatedRequest.Role, _ port: Int,
        in group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws -> Int {
        let (ports, announcement) = AsyncStream.makeStream(of: Int.self)
        let logger = logger
        group.addTask {
            defer { announcement.finish() }
            try await Listener.run(port: port, logger: logger) { port in
                announcement.yield(port)
            } respond: { head, body in
                self.response(
                    to: SimulatedRequest(role: role, head: head, body: body, moment: self.now))
            }
        }
        for await port in ports { return port }
        // The server ended before it listened; its error is the reason.
        try await group.next()
        throw Failure(.unavailable, "the simulated GitHub was stopped before it listened")
    }

    /// The URL of a request without its query, for links between pages.
    func address(of request: SimulatedRequest) -> String {
        (addresses.withLock { $0?.api } ?? "http://api.invalid") + request.path
    }

    /// The base URL of pages.
    var serverAddress: String { addresses.withLock { $0?.api } ?? "http://api.invalid" }

    /// The base URL of report links.
    var reportsAddress: String { addresses.withLock { $0?.reports } ?? "http://reports.invalid" }
}
