import Domain
import Fakes
import Ports
import Synchronization
import TestSupport

@testable import RemoteWrite

/// A backend whose every answer a test decides, and which keeps what it was sent.
final class ScriptedBackend: HTTPTransport {
    struct Exchange: Sendable {
        var request: HTTPClientRequest
        var series: [WireDecoder.Series]
    }

    private let exchanges = Mutex<[Exchange]>([])
    private let answer: @Sendable (Int, [WireDecoder.Series]) throws(Failure) -> HTTPClientResponse

    /// Creates a backend.
    ///
    /// - Parameter answer: Is given the number of the request, from 0, and its series.
    init(
        _ answer:
            @escaping @Sendable (Int, [WireDecoder.Series]) throws(Failure) -> HTTPClientResponse
    ) {
        self.answer = answer
    }

    /// The requests so far.
    var received: [Exchange] { exchanges.withLock { $0 } }

    /// The names of a label's values that were sent, in order.
    func values(of label: Label) -> [String] {
        received.flatMap(\.series).compactMap { $0[label] }
    }

    func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        let series: [WireDecoder.Series]
        do {
            series = try WireDecoder.series(inBody: request.body)
        } catch {
            throw Failure(.malformedReply, "the body is no write request: \(error)")
        }
        let number = exchanges.withLock { exchanges in
            exchanges.append(Exchange(request: request, series: series))
            return exchanges.count - 1
        }
        return try answer(number, series)
    }
}

extension WireDecoder.Series {
    subscript(label: Label) -> String? { labels.first { $0.name == label.description }?.value }
}

extension HTTPClientResponse {
    /// A reply with a text for a body.
    init(_ status: Int, _ text: String = "", fields: [String: String] = [:]) {
        self.init(status: status, fields: fields, bytes: Array(text.utf8))
    }
}

/// A clock on which a wait is over at once, and which keeps how long it was to be.
final class InstantClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Self { Self(offset: offset + duration) }
        func duration(to other: Self) -> Duration { other.offset - offset }
        static func < (lhs: Self, rhs: Self) -> Bool { lhs.offset < rhs.offset }
    }

    private let state = Mutex<(now: Duration, waits: [Duration])>((.zero, []))

    var now: Instant { state.withLock { Instant(offset: $0.now) } }
    var minimumResolution: Duration { .nanoseconds(1) }
    /// How long was waited each time.
    var waits: [Duration] { state.withLock(\.waits) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        state.withLock {
            $0.waits.append(deadline.offset - $0.now)
            $0.now = deadline.offset
        }
    }
}

/// A wall clock that stands.
struct StoppedClock: WallClock {
    func now() -> Timestamp { Timestamp(seconds: 784_111_740) }  // 1994-11-06T08:49:00Z
}

/// Bytes that look random and are the same in every run.
final class SeededEntropy: Entropy {
    private let generator = Mutex(SeededGenerator(seed: 1))

    func bytes(_ count: Int) -> [UInt8] {
        generator.withLock { generator in
            (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        }
    }
}

extension RemoteWriteSink {
    /// A sink over a scripted backend.
    init(
        _ backend: ScriptedBackend, clock: InstantClock = InstantClock(),
        url: String = "https://backend.example/api/v1/write",
        _ change: (inout RemoteWriteSettings) -> Void = { _ in }
    ) throws {
        var settings = try RemoteWriteSettings(url: url)
        change(&settings)
        self.init(
            settings: settings, transport: backend, time: clock, wallClock: StoppedClock(),
            entropy: SeededEntropy())
    }

    /// Writes one batch as one writing.
    func write(_ batch: SampleBatch) async throws(Failure) -> Delivery {
        let writer = try await open(batch.scope)
        try await writer.write(batch)
        return try await writer.finish()
    }
}

/// A batch of as many users' series, told apart by the user's login, `0` and up.
func users(_ count: Int, scope: SampleScope = .acme(.users)) -> SampleBatch {
    var batch = SampleBatch(scope)
    for user in 0..<count {
        batch.add(OneSeries.name, Double(user), [.organization: "acme"], [.userLogin: "\(user)"])
    }
    return batch
}
