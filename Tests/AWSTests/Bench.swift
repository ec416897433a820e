import AWS
import CurlHTTP
import Domain
import Fakes
import InMemory
import OpenSSLCrypto
import Ports
import Synchronization
import TestSupport
import Testing

let noon = Timestamp(seconds: 1_795_262_400)

/// Expects `body` to fail with a code, and returns the failure.
@discardableResult
func expectFailure(
    _ code: Failure.Code, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async -> Failure? {
    let failure = await #expect(throws: Failure.self, sourceLocation: sourceLocation) {
        try await body()
    }
    #expect(failure?.code == code, sourceLocation: sourceLocation)
    return failure
}

/// Entropy that makes every wait as long as its ceiling.
struct FullEntropy: Entropy {
    func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 255, count: count) }
}

/// A transport that returns scripted responses in order and records the requests.
final class Answers: HTTPTransport {
    private let state: Mutex<(left: [(Int, [String: String], String)], asked: [HTTPClientRequest])>

    init(_ answers: [(Int, [String: String], String)]) { state = Mutex((answers, [])) }

    var asked: [HTTPClientRequest] { state.withLock { $0.asked } }

    func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        let answer = state.withLock { state in
            state.asked.append(request)
            return state.left.isEmpty ? nil : state.left.removeFirst()
        }
        guard let (status, fields, body) = answer else {
            throw Failure(.malformedReply, "unexpected request")
        }
        return HTTPClientResponse(status: status, fields: fields, bytes: Array(body.utf8))
    }
}

/// A transport that forwards requests and loses the responses to the first matching ones.
final class LosingTransport: HTTPTransport {
    private let inner: any HTTPTransport
    private let left: Mutex<Int>
    private let word: String

    init(_ inner: any HTTPTransport, losing count: Int, of word: String) {
        self.inner = inner
        self.word = word
        left = Mutex(count)
    }

    func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        let reply = try await inner.send(request)
        guard request.fields["x-amz-target"]?.hasSuffix(word) == true else { return reply }
        let isLost = left.withLock { left in
            defer { left = max(0, left - 1) }
            return left > 0
        }
        guard isLost else { return reply }
        throw Failure(.unavailable, "the answer was lost")
    }
}

/// A transport that forwards a number of requests and then fails, as if the process had died.
final class DyingTransport: HTTPTransport {
    private let inner: any HTTPTransport
    private let left: Mutex<Int>

    init(_ inner: any HTTPTransport, after count: Int) {
        self.inner = inner
        left = Mutex(count)
    }

    func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        let isAlive = left.withLock { left in
            left -= 1
            return left >= 0
        }
        guard isAlive else { throw Failure(.unavailable, "nothing is sent any more") }
        return try await inner.send(request)
    }
}

/// A client with credentials in its settings.
func client(
    _ service: AWSService, _ settings: AWSSettings, _ transport: any HTTPTransport,
    clock: any WallClock = ManualClock(noon), time: any Clock<Duration> = ManualTime()
) throws -> AWSClient {
    try AWSClient(
        service, settings: settings,
        credentials: AWSCredentialSource(settings, transport: transport, clock: clock),
        transport: transport, time: time, entropy: FullEntropy())
}

extension AWSSettings {
    /// Settings with a region and credentials, and an optional endpoint.
    static func keyed(
        _ endpoint: String? = nil, id: String = "AKIDEXAMPLE", secret: String = "secret"
    ) -> AWSSettings {
        var settings = AWSSettings()
        settings.region = Moto.region
        settings.endpoint = endpoint
        settings.keyID = id
        settings.secretKey = Secret(secret)
        return settings
    }
}
