import Domain
import Ports

/// A request between being posted and being answered.
final class InFlightRequest: Sendable {
    /// The compressed body.
    let body: [UInt8]
    /// The number of series in the body.
    let count: Int
    private let (results, result) = AsyncStream.makeStream(
        of: Result<Sender.Response, Failure>.self)

    init(_ body: [UInt8], count: Int) {
        self.body = body
        self.count = count
    }

    /// Sends the request, and passes the response to the task that waits for it.
    func send(with sender: Sender) async {
        do throws(Failure) {
            result.yield(.success(try await sender.send(body)))
        } catch {
            result.yield(.failure(error))
        }
    }

    /// Waits for the backend's response.
    ///
    /// - Throws: `cancelled` if the waiting task is cancelled, or what ``Sender/send(_:)`` throws.
    func response() async throws(Failure) -> Sender.Response {
        for await result in results { return try result.get() }
        throw Failure(.cancelled, "writing samples was cancelled")
    }
}
