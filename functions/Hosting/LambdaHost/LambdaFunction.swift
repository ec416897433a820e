import Toolbox
import Domain
import Host
import Logging
import Ports

/// The functions of a service, handling what Lambda brings.
struct LambdaFunction: Sendable {
    /// The most messages of a batch in work at once.
    static let parallel = 4

    let service: Service
    let logger: Logger
    /// When to stop, shortly before Lambda would.
    let end: Timestamp?

    /// The function that was deployed, for whatever is no request to another.
    private var name: FunctionName { service.primary }

    /// Handles one event.
    ///
    /// - Returns: What to answer, as JSON.
    /// - Throws: Why Lambda is to take the event for failed.
    func handle(_ event: [UInt8]) async throws(Failure) -> [UInt8] {
        switch try read(event) {
        case .messages(let records):
            return JSON.encode(BatchAnswer(failed: try await failures(among: records)))
        case .web(let request):
            return JSON.encode(await answer(request))
        case .plain(let event):
            let invocation = await run(name, event)
            if let failure = invocation.failure { throw failure }
            return short(invocation)
        }
    }

    private func read(_ event: [UInt8]) throws(Failure) -> LambdaEvent {
        do throws(Failure) {
            return try LambdaEvent(event)
        } catch {
            logger.error("\(error.message)", metadata: ["code": "\(error.code.rawValue)"])
            throw error
        }
    }

    // MARK: Browsers

    private func answer(_ request: WebRequest) async -> WebAnswer {
        guard let name = request.function(among: service.functions) else {
            return WebAnswer(Failure(.notFound, "there is nothing here: open /authorize"))
        }
        let invocation = await run(name, JSON.encode(request.event))
        do throws(Failure) {
            if let failure = invocation.failure { throw failure }
            return try WebAnswer(output: invocation.output, of: name)
        } catch {
            return WebAnswer(error)
        }
    }

    // MARK: Queues

    /// Handles the messages of a batch, some at once.
    ///
    /// - Returns: The ids of those that stay in the queue.
    private func failures(among records: [QueueRecord]) async throws(Failure) -> [String] {
        try await records.concurrentMap(atMost: Self.parallel) {
            (record) async throws(Failure) -> String? in
            await isSettled(record) ? nil : record.id
        }.compactMap { $0 }
    }

    private func isSettled(_ record: QueueRecord) async -> Bool {
        var logger = logger
        logger[metadataKey: "message"] = "\(record.id)"
        let settlement = await settlement(of: record, logger)
        // Without it the message's fate is the queue's visibility timeout and redrive policy.
        let queue = (service.adapters.bus as? any DeliveredQueue).flatMap { queue in
            queue.isNamed(by: record.source) ? queue : nil
        }
        do throws(Failure) {
            switch settlement {
            case .done, .extend: return true
            case .retry(let wait, let reason):
                logger.warning("the message is tried again after \(wait): \(reason)")
                try await queue?.setVisibility(of: record.message.receipt, after: wait)
                return false
            case .dead(let reason):
                logger.error("the message is given up: \(reason)")
                guard let queue else { return false }
                try await queue.deadLetter(record.message, reason: reason)
                return true
            }
        } catch {
            logger.warning("the message could not be settled: \(error)")
            return false
        }
    }

    private func settlement(of record: QueueRecord, _ logger: Logger) async -> Settlement {
        do throws(Failure) {
            if let message = record.message.delivery.unrecognized { throw message.failure }
            let invocation = await run(name, Array(record.message.body.utf8), logger)
            if let failure = invocation.failure { throw failure }
            guard let seconds = invocation.retryAfterSeconds else { return .done }
            throw Failure.unfinished(retryAfterSeconds: seconds)
        } catch {
            return RetrySchedule.settlement(for: error, attempt: record.message.attempt)
        }
    }

    // MARK: All

    /// The result; events that were published are left out where Lambda could not hand them on.
    private func short(_ invocation: Invocation) -> [UInt8] {
        guard invocation.output.count > RuntimeAPI.outputByteCountMax,
            service.adapters.bus != nil,
            case .object(var members)? = try? JSON.decode(
                JSONValue.self, from: invocation.output, at: invocation.function.rawValue)
        else { return invocation.output }
        members["events"] = .array([])
        members["published"] = .integer(Int64(invocation.events.count))
        return JSON.encode(JSONValue.object(members))
    }

    /// Runs a function, keeps what it made and sends on what follows.
    private func run(
        _ name: FunctionName, _ event: [UInt8], _ logger: Logger? = nil
    ) async -> Invocation {
        let logger = logger ?? self.logger
        return await begun(name, event, logger).concluded(on: service.adapters.bus, logger: logger)
    }

    /// Runs a function until ``end`` at most.
    private func begun(
        _ name: FunctionName, _ event: [UInt8], _ logger: Logger
    ) async -> Invocation {
        let adapters = service.adapters
        let invoker = service.invoker(logger: logger)
        guard let end else { return await invoker.run(name, event: event) }
        let rest = end.since(adapters.clock.now())
        // Of a short time limit, such as Lambda's default of 3 s, nothing is kept free, or nothing could
        // be begun: all of it is used, and if that is not enough, the message says to raise it.
        let deadline = rest > Deadline.reserve * 2 ? end : nil
        // A function that is cancelled ends at its next request, and everything it did until then may
        // be repeated.
        let (invocation, isLate) = await adapters.time.limited(to: rest) {
            await invoker.run(name, event: event, deadline: deadline)
        }
        guard isLate else { return invocation }
        return Invocation(
            name,
            failure: Failure(
                .timedOut,
                "\(name.rawValue) was stopped before Lambda's time limit: raise the timeout of the"
                    + " function"))
    }
}
