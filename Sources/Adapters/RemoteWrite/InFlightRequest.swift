import Domain
import Ports

/// A request on its way.
struct InFlightRequest {
    /// The compressed body.
    let body: [UInt8]
    /// How many series it holds.
    let count: Int
    private let exchange: Task<Result<Sender.Answer, Failure>, Never>

    /// Begins to send a body.
    init(_ body: [UInt8], _ count: Int, _ sender: Sender) {
        self.body = body
        self.count = count
        exchange = Task {
            do throws(Failure) {
                return .success(try await sender.send(body))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Waits for the backend's last word; who is cancelled while it waits gives the request up.
    func answer() async throws(Failure) -> Sender.Answer {
        let result = await withTaskCancellationHandler {
            await exchange.value
        } onCancel: {
            exchange.cancel()
        }
        return try result.get()
    }

    /// Gives the request up.
    func cancel() { exchange.cancel() }
}
