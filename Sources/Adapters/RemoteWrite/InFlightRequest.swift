import Domain

/// A request that is being sent.
///
/// A task group cannot be handed to the writer, so the request has a task of its own. It never outlives
/// the writing: ``RemoteWriteSink`` ends every request before it returns.
struct InFlightRequest: Sendable {
    /// The compressed body.
    let body: [UInt8]
    /// The number of series in the body.
    let count: Int
    private let task: Task<Result<Sender.Response, Failure>, Never>

    /// Begins to send a request.
    init(_ body: [UInt8], count: Int, with sender: Sender) {
        self.body = body
        self.count = count
        task = Task {
            do throws(Failure) {
                return .success(try await sender.send(body, mayDoubt: count > 1))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Waits for the backend's response; if the waiting task is cancelled, so is the request.
    ///
    /// - Throws: What ``Sender/send(_:)`` throws.
    func response() async throws(Failure) -> Sender.Response {
        try await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }.get()
    }

    /// Cancels the request.
    func cancel() { task.cancel() }
}
