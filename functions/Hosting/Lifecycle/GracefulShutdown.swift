import Logging
import ServiceLifecycle

/// Runs a server until it ends or the process is asked to stop; see ``withStopSignals(onFirst:_:)``.
///
/// At the first signal, the service group shuts the server down gracefully: everything that heeds
/// ServiceLifecycle's graceful shutdown stops taking new work and finishes what is begun.
///
/// - Parameters:
///   - onShutdown: Called once, when the shutdown begins.
///   - serve: The server.
/// - Throws: What the server throws.
public func withGracefulShutdown(
    onShutdown: @escaping @Sendable () -> Void = {},
    _ serve: @escaping @Sendable () async throws -> Void
) async throws {
    let server = Server {
        try await withGracefulShutdownHandler(operation: serve, onGracefulShutdown: onShutdown)
    }
    let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(
            services: [
                .init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)
            ],
            // The server logs what it does; how the group fares is of no interest.
            logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }))
    try await withStopSignals {
        Task { await group.triggerGracefulShutdown() }
    } _: {
        try await group.run()
    }
}

/// Waits for a value unless the server is to shut down first.
///
/// - Returns: The value; nil if the shutdown began before there was one.
public func untilGracefulShutdown<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
    do {
        return try await cancelWhenGracefulShutdown(body)
    } catch {
        guard Task.isShuttingDownGracefully else { throw error }
        return nil
    }
}

private struct Server: Service {
    let serve: @Sendable () async throws -> Void

    func run() async throws { try await serve() }
}
