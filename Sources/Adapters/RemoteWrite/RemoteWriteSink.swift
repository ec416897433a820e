public import Domain
public import Ports

/// Writes samples to any backend that supports Prometheus remote write 1.0.
///
/// Source: <https://prometheus.io/docs/specs/prw/remote_write_spec/>. All receivers support version
/// 1. Version 2 is newer than many of them, and some respond 204 to it and store nothing.
///
///     batch ─▶ series ─▶ requests of 2,000 ─▶ snappy ─▶ backend ─▶ accepted
///                                                         │
///                                                         └─▶ rejected ─▶ split ─▶ delivery
///
/// Prometheus accepts or rejects a request as a whole: one bad sample is enough to reject all. So a
/// rejected request is halved until the rejected series are alone.
public struct RemoteWriteSink: MetricSink {
    let settings: RemoteWriteSettings
    let sender: Sender
    /// Sends what nobody waits for: with one retry instead of many.
    let brief: Sender
    let wallClock: any WallClock
    let turn = MetadataTurn()

    /// Creates a sink.
    ///
    /// - Parameters:
    ///   - transport: Sends the requests.
    ///   - time: Measures and performs the waits between attempts.
    ///   - wallClock: Tells how far away the ``Deadline`` and the moment of a `Retry-After` are.
    ///   - entropy: Spreads the waits of many senders.
    public init(
        settings: RemoteWriteSettings, transport: any HTTPTransport, time: any Clock<Duration>,
        wallClock: any WallClock, entropy: any Entropy
    ) {
        self.settings = settings
        self.wallClock = wallClock
        sender = Sender(settings, transport, time, wallClock, entropy)
        var short = settings
        short.limits.attemptsMax = 2
        short.limits.retryTimeMax = .seconds(10)
        short.limits.timeout = min(settings.limits.timeout, .seconds(15))
        brief = Sender(short, transport, time, wallClock, entropy)
    }

    /// Writes one source of one organization's day; see ``MetricSink``.
    public func withWriter(
        for scope: SampleScope, _ body: (any SampleWriter) async throws(Failure) -> Void
    ) async throws(Failure) -> Delivery {
        let writer = try RemoteWriter(scope, settings, sender)
        do throws(Failure) {
            try await body(writer)
            let delivery = try await writer.finish()
            if delivery.accepted > 0 { await announceMetadata() }
            return delivery
        } catch {
            await writer.cancel()
            throw error
        }
    }
}
