import Domain
import Ports
import Synchronization
import TestSupport

/// A backend that holds requests until a test releases them, and counts them.
///
/// If it has a failure, it fails the request with the first user's series and holds all others
/// until they are cancelled.
final class HoldingBackend: HTTPTransport {
    private struct State {
        var received = 0
        var waiting: [Int: CheckedContinuation<Bool, Never>] = [:]
        var largestCount = 0
        var isAnswering = false
    }

    private let failure: Failure?
    private let state = Mutex(State())
    private let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)

    init(failing failure: Failure? = nil) { self.failure = failure }

    /// The number of requests that are held.
    var count: Int { state.withLock { $0.waiting.count } }
    /// The largest number of requests that were held at once.
    var largestCount: Int { state.withLock(\.largestCount) }

    /// Waits until `count` requests have arrived.
    func waitForRequests(_ count: Int) async {
        var arrivals = arrivals.makeAsyncIterator()
        for _ in 0..<count { await arrivals.next() }
    }

    /// Responds to all requests, now and later.
    func answerFromNowOn() {
        let waiting = state.withLock { state in
            state.isAnswering = true
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for request in waiting { request.resume(returning: true) }
    }

    func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        let number = state.withLock { state in
            state.received += 1
            return state.received
        }
        if let failure, Self.isFirst(request) { throw failure }
        let isAnswered = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard !state.isAnswering, !Task.isCancelled else { return true }
                    state.waiting[number] = continuation
                    state.largestCount = max(state.largestCount, state.waiting.count)
                    return false
                }
                if isOver { continuation.resume(returning: !Task.isCancelled) }
                arrival.yield()
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: false)
        }
        guard isAnswered else { throw Failure(.cancelled, "the request was cancelled") }
        return HTTPClientResponse(200)
    }

    private static func isFirst(_ request: HTTPClientRequest) -> Bool {
        let series = try? WireDecoder.series(inBody: request.body)
        return series?.contains { $0[.userLogin] == "0" } ?? false
    }
}
