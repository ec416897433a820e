public import Domain
public import Ports
import Synchronization

/// A transport that answers from a closure and never opens a socket.
public final class ScriptedTransport: HTTPTransport {
    private let answer: @Sendable (HTTPClientRequest) async throws(Failure) -> HTTPClientResponse
    private let sent = Mutex<[HTTPClientRequest]>([])

    /// Creates a transport that answers with `answer`.
    public init(
        _ answer:
            @escaping @Sendable (HTTPClientRequest) async throws(Failure) -> HTTPClientResponse
    ) {
        self.answer = answer
    }

    /// A transport that ends the test run that reaches it: for a port that must not be used.
    public static let unexpected = ScriptedTransport { request throws(Failure) in
        // A query may hold a signature.
        let address = request.url.prefix { $0 != "?" }
        preconditionFailure("no answer is scripted for \(request.method) \(address)")
    }

    /// Every request so far, in order of arrival, those that failed included.
    public var requests: [HTTPClientRequest] { sent.withLock { $0 } }

    /// Answers from the script.
    public func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        sent.withLock { $0.append(request) }
        return try await answer(request)
    }
}
