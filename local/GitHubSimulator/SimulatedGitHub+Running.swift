import Domain
import Logging
import Ports
import Synchronization

/// Where a running simulation is reached.
public struct Addresses: Hashable, Sendable {
    /// The base of the REST API, of GraphQL below it, and of the web pages.
    public let api: String
    /// The base of report links.
    public let reports: String

    /// The report host as a list of trusted hosts writes it: with its port.
    public var reportHost: String { String(reports.dropFirst("http://".count)) }
}

extension SimulatedGitHub {
    /// Listens, and lends the addresses to `body`; stops when it returns.
    ///
    /// - Parameter body: Is given the addresses once both listeners are there.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or why a port cannot be had.
    public func withRunning<Result>(
        _ body: (Addresses) async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let reports = try await start(.reportHost, configuration.reportPort, in: &group)
            let api = try await start(.api, configuration.apiPort, in: &group)
            let addresses = Addresses(
                api: "http://127.0.0.1:\(api)", reports: "http://127.0.0.1:\(reports)")
            self.addresses.withLock { $0 = addresses }
            let result = try await body(addresses)
            group.cancelAll()
            // They end by being cancelled; how they say so is of no interest.
            while await group.nextResult() != nil {}
            return result
        }
    }

    /// Listens until the task is cancelled.
    ///
    /// - Parameter onReady: Is given the addresses once both listeners are there.
    /// - Throws: Why a port cannot be had.
    public func run(onReady: (Addresses) -> Void = { _ in }) async throws {
        try await withRunning { addresses in
            onReady(addresses)
            // Nothing ever comes; the wait ends when the task is cancelled.
            let (nothing, source) = AsyncStream.makeStream(of: Never.self)
            for await _ in nothing {}
            source.finish()
        }
    }

    private func start(
        _ role: Call.Role, _ port: Int, in group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws -> Int {
        let (ports, announcement) = AsyncStream.makeStream(of: Int.self)
        let logger = logger
        group.addTask {
            defer { announcement.finish() }
            try await Listener.run(port: port, logger: logger) { port in
                announcement.yield(port)
            } answer: { head, body in
                self.answer(Call(role: role, head: head, body: body, moment: self.now))
            }
        }
        for await port in ports { return port }
        // It ended before it listened; its error says why.
        try await group.next()
        throw Failure(.unavailable, "the simulated GitHub was stopped before it listened")
    }

    /// The base of the API's addresses, for links between pages.
    func address(of call: Call) -> String {
        (addresses.withLock { $0?.api } ?? "http://api.invalid") + call.path
    }

    /// The base of report links.
    var reportsAddress: String { addresses.withLock { $0?.reports } ?? "http://reports.invalid" }
}
