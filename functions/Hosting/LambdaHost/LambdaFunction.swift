import Domain
import FunctionInterface
import Host
import Logging
import Ports
import Toolbox

/// The functions of a service, as a handler of Lambda events.
struct LambdaFunction: Sendable {
    /// The most messages of a batch handled at once.
    static let parallel = 4

    let service: Service
    let logger: Logger
    /// The time to stop, shortly before Lambda would.
    let end: Timestamp?

    /// The deployed function, for every event that is not a request to another function.
    private var name: FunctionName { service.primary }

    /// Handles one event.
    ///
    /// - Returns: The response, as JSON.
    /// - Throws: The failure to report to Lambda for the event.
    func handle(_ event: [UInt8]) async throws(Failure) -> [UInt8] {
        switch try read(event) {
        case .messages(let records):
            return JSON.encode(BatchAnswer(failed: try await failures(among: records)))
        case .web(let request):
            return JSON.encode(await answer(request))
        case .plain(let event):
            let conclusion = await run(name, event)
            if let failure = conclusion.failure { throw failure }
            return short(conclusion)
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
        let conclusion = await run(name, request.event.json)
        if let failure = conclusion.failure { return WebAnswer(failure) }
        guard case .page(let page)? = conclusion.summary else {
            return WebAnswer(Failure(.malformedReply, "\(name.rawValue) has no page to show"))
        }
        return WebAnswer(page)
    }

    // MARK: Queues

    /// Handles the messages of a batch, several at once.
    ///
    /// - Returns: The ids of the messages that stay in the queue.
    private func failures(among records: [QueueRecord]) async throws(Failure) -> [String] {
        try await records.concurrentMap(atMost: Self.parallel) {
            (record) async throws(Failure) -> String? in
            await isSettled(record) ? nil : record.id
        }.compactMap { $0 }
    }

    private func isSettled(_ record: QueueRecord) async -> Bool {
        var logger = logger
        logger[metadataKey: "message"] = "\(record.id)"
        let delivery = record.message.delivery
        let conclusion: Conclusion
        if let message = delivery.unrecognized {
            conclusion = Conclusion(name, failure: message.failure)
        } else {
            conclusion = await begun(name, logger) { invoker, deadline in
                await invoker.run(name, event: delivery.event, deadline: deadline)
            }
        }
        let acknowledgement = MessageAcknowledgement(
            record, on: service.adapters.bus, logger: logger)
        let event = await Concluder(logger: logger).conclude(
            conclusion, attempt: record.message.attempt, by: acknowledgement)
        return event.isAcknowledged && acknowledgement.isRemoved(after: event.settlement)
    }

    // MARK: All

    /// The result, without published events if Lambda could not pass them on.
    private func short(_ conclusion: Conclusion) -> [UInt8] {
        guard conclusion.document.count > RuntimeAPI.outputByteCountMax,
            service.adapters.bus != nil, case .tick(let summary)? = conclusion.summary
        else { return conclusion.document }
        return JSON.encode(ShortTick(summary))
    }

    /// Runs a function, saves its state and publishes follow-up events.
    private func run(_ name: FunctionName, _ event: JSONValue) async -> Conclusion {
        let conclusion = await begun(name, logger) { invoker, deadline in
            await invoker.run(name, event: event, deadline: deadline)
        }
        return await Concluder(logger: logger).conclude(
            conclusion, by: ResponseAcknowledgement(service.adapters.bus, logger: logger)
        ).conclusion
    }

    /// Runs a function until ``end`` at the latest.
    private func begun(
        _ name: FunctionName, _ logger: Logger,
        _ run: @escaping @Sendable (Invoker, _ deadline: Timestamp?) async -> Conclusion
    ) async -> Conclusion {
        let adapters = service.adapters
        let invoker = service.invoker(logger: logger)
        guard let end else { return await run(invoker, nil) }
        let rest = end.since(adapters.clock.now())
        // A short time limit, such as Lambda's default of 3 s, has no reserve, because otherwise
        // nothing could begin. The function may use all of it, and if that is not enough, the
        // message says to raise it.
        let deadline = rest > Deadline.reserve * 2 ? end : nil
        // A cancelled function ends at its next request, and everything it did until then may be
        // repeated.
        let (conclusion, isLate) = await adapters.time.limited(to: rest) {
            await run(invoker, deadline)
        }
        guard isLate else { return conclusion }
        return Conclusion(
            name,
            failure: Failure(
                .timedOut,
                "\(name.rawValue) was stopped before Lambda's time limit: raise the timeout of the"
                    + " function"))
    }
}

/// A tick's output without its published events, because Lambda passes on 6 MB at most.
private struct ShortTick: Encodable {
    let time: Timestamp
    let events: [CloudEvent] = []
    let published: Int
    let skipped: [Notice]
    let attention: [Notice]

    init(_ summary: TickSummary) {
        time = summary.time
        published = summary.events
        skipped = summary.skipped
        attention = summary.attention
    }
}
