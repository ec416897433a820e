public import Domain
public import Ports

/// Samples to any backend that speaks Prometheus remote write 1.0.
///
/// Source: <https://prometheus.io/docs/specs/prw/remote_write_spec/>. Version 2 is younger than
/// many receivers, some of which answer 204 to it and store nothing; version 1 they all take.
///
///     batch ─▶ series ─▶ requests of 2,000 ─▶ snappy ─▶ backend ─▶ taken
///                                                         │
///                                                         └─▶ refused ─▶ split ─▶ delivery
///
/// A request is all or nothing at Prometheus: one sample that it will not take, and it takes none.
/// So a refused request is cut in halves until the refused series are alone.
public struct RemoteWriteSink: MetricSink {
    private let settings: RemoteWriteSettings
    let sender: Sender

    /// Creates a sink.
    ///
    /// - Parameters:
    ///   - settings: Where samples are sent, and as whom.
    ///   - transport: What sends a request.
    ///   - time: What measures and waits between two attempts.
    ///   - wallClock: The present, for a backend that names the moment to come back.
    ///   - entropy: What spreads the waits.
    public init(
        settings: RemoteWriteSettings, transport: any HTTPTransport, time: any Clock<Duration>,
        wallClock: any WallClock, entropy: any Entropy
    ) {
        self.settings = settings
        sender = Sender(settings, transport, time, wallClock, entropy)
    }

    /// Begins a writing; see ``MetricSink``.
    public func open(_ scope: SampleScope) async throws(Failure) -> any SampleWriter {
        try RemoteWriter(scope, settings, sender)
    }
}
