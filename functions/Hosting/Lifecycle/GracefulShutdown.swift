import Logging
import ServiceLifecycle

/// Runs a server until it ends or the process is asked to stop; see ``withStopSignals(onFirst:_:)``.
///
/// At the first signal, the service group shuts the server down gracefully: all code that supports
/// ServiceLifecycle's graceful shutdown accepts no new work and finishes running work.
///
/// - Parameters:
///   - onShutdown: Called once, when the shutdown begins.
///   - isDone: Returns when the server has served its purpose, which begins the shutdown like a
///     signal; by default it never does.
///   - serve: Runs the server.
/// - Throws: The error of the server.
public func withGracefulShutdown(
    onShutdown: @escaping @Sendable () -> Void = {},
    when isDone: (@Sendable () async -> Void)? = nil,
    _ serve: @escaping @Sendable () async throws -> Void
) async throws {
    let server = Server {
        try await withGracefulShutdownHandler(operation: serve, onGracefulShutdown: onShutdown)
    }
    let purpose = isDone.map { isDone in
        Server { await cancelWhenGracefulShutdown { await isDone() } }
    }
    let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(
            services: [server, purpose].compactMap(\.self).map {
                .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
            },
            // The server logs its own activity; the group's messages are not needed.
            logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }))
    try await withStopSignals {
        Task { await group.triggerGracefulShutdown() }
    } _: {
        try await group.run()
    }
}

/// Waits for a value, or until the server begins to shut down.
///
/// - Returns: The value; nil if the shutdown began first.
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
