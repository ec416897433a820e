import Domain
import Fakes
import InMemory
import Ports
import Synchronization
import TestSupport

@testable import RemoteWrite

/// A backend with scripted responses, which keeps the requests.
final class ScriptedBackend: HTTPTransport {
    struct Exchange: Sendable {
        var request: HTTPClientRequest
        var series: [WireDecoder.Series]
    }

    private let exchanges = Mutex<[Exchange]>([])
    private let answer: @Sendable (Int, [WireDecoder.Series]) throws(Failure) -> HTTPClientResponse

    /// Creates a backend.
    ///
    /// - Parameter answer: Returns the response to a request, given its number, from 0, and its
    ///   series.
    init(
        _ answer:
            @escaping @Sendable (Int, [WireDecoder.Series]) throws(Failure) -> HTTPClientResponse
    ) {
        self.answer = answer
    }

    /// The requests received.
    var received: [Exchange] { exchanges.withLock { $0 } }

    /// The values of a label that were received, in order.
    func values(of label: Label) -> [String] {
        received.flatMap(\.series).compactMap { $0[label] }
    }

    func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        let series: [WireDecoder.Series]
        do {
            series = try WireDecoder.series(inBody: request.body)
        } catch {
            throw Failure(.malformedReply, "the body is not a write request: \(error)")
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
    /// Creates a response with a text as its body.
    init(_ status: Int, _ text: String = "", fields: [String: String] = [:]) {
        self.init(status: status, fields: fields, bytes: Array(text.utf8))
    }
}

extension RemoteWriteSink {
    /// Creates a sink whose waits take no time.
    init(
        _ settings: RemoteWriteSettings, _ transport: any HTTPTransport,
        time: ManualTime = ManualTime()
    ) {
        self.init(
            settings: settings, transport: transport, time: time,
            wallClock: ManualClock(Timestamp(seconds: 784_111_740)),  // 1994-11-06T08:49:00Z
            entropy: SeededEntropy(seed: 1))
    }

    /// Creates a sink for a scripted backend.
    init(
        _ backend: ScriptedBackend, time: ManualTime = ManualTime(),
        url: String = "https://backend.example/api/v1/write",
        _ change: (inout RemoteWriteSettings) -> Void = { _ in }
    ) throws {
        var settings = try RemoteWriteSettings(url: url)
        change(&settings)
        self.init(settings, backend, time: time)
    }
}

/// A batch with one series per user.
///
/// The users' logins are `0` and up.
func users(_ count: Int, scope: SampleScope = .acme(.users)) -> SampleBatch {
    var batch = SampleBatch(scope)
    for user in 0..<count {
        batch.add(OneSeries.name, Double(user), [.organization: "acme"], [.userLogin: "\(user)"])
    }
    return batch
}
