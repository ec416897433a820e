public import Domain
public import Ports
import Synchronization

/// A transport that responds from a closure and opens no socket.
public final class ScriptedTransport: HTTPTransport {
    private let answer: @Sendable (HTTPClientRequest) async throws(Failure) -> HTTPClientResponse
    private let sent = Mutex<[HTTPClientRequest]>([])

    /// Creates a transport that responds with `answer`.
    public init(
        _ answer:
            @escaping @Sendable (HTTPClientRequest) async throws(Failure) -> HTTPClientResponse
    ) {
        self.answer = answer
    }

    /// A transport that must not be used: it ends the test run.
    public static let unexpected = ScriptedTransport { request throws(Failure) in
        // A query may contain a signature.
        let address = request.url.prefix { $0 != "?" }
        preconditionFailure("no response is scripted for \(request.method) \(address)")
    }

    /// Every request in order of arrival, including those that failed.
    public var requests: [HTTPClientRequest] { sent.withLock { $0 } }

    /// Responds from the script.
    public func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        sent.withLock { $0.append(request) }
        return try await answer(request)
    }
}
