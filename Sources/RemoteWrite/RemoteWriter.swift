import Domain
import Ports

/// One source of one day on its way to a remote-write backend.
///
/// It collects series until a few requests are full, sends those together, and waits for all of
/// them: so memory is bounded, and a slow backend slows the reader.
actor RemoteWriter: SampleWriter {
    private let scope: SampleScope
    private let limits: RemoteWriteSettings.Limits
    private let tags: TagLabels?
    private let sender: Sender

    private var series = SeriesBuffer()
    private var isSending = false
    private var search = RefusalSearch()
    private var refusals = RefusalLog()
    private var accepted = 0
    /// Shrinks when the backend says that a request is too large.
    private var seriesPerRequest: Int

    init(
        _ scope: SampleScope, _ settings: RemoteWriteSettings, _ sender: Sender
    ) throws(Failure) {
        self.scope = scope
        self.sender = sender
        limits = settings.limits
        seriesPerRequest = settings.limits.seriesPerRequest
        tags =
            switch settings.backend {
            case .generic: nil
            case .coralogix:
                try TagLabels(
                    scope.tags, valueByteCountMax: settings.limits.labelValueByteCountMax)
            }
    }

    func write(_ batch: SampleBatch) async throws(Failure) {
        precondition(batch.scope == scope, "a batch of another scope")
        let encoder = SeriesEncoder(
            batch, tags: tags, valueByteCountMax: limits.labelValueByteCountMax)
        var rest = batch.samples[...]
        while !rest.isEmpty {
            precondition(!isSending, "a writer takes one batch at a time")
            for sample in encoder.append(&rest, to: &series, upTo: bound) {
                let limit = limits.labelValueByteCountMax ?? 0
                let reason = "not sent: a label is over the backend's \(limit) bytes"
                refusals.note(reason) { _ in [SeriesName.text(of: sample, in: batch)] }
            }
            if series.isFull(bound) { try await sendAll() }
        }
    }

    /// As much as is sent together.
    private var bound: SeriesBuffer.Bound {
        SeriesBuffer.Bound(
            count: seriesPerRequest * limits.requestsAtOnce,
            byteCount: limits.requestByteCountMax * limits.requestsAtOnce)
    }

    func finish() async throws(Failure) -> Delivery {
        try await sendAll()
        return Delivery(
            accepted: accepted, rejected: refusals.count, reasons: refusals.reasons)
    }

    /// Sends all series that wait, and splits what is refused.
    private func sendAll() async throws(Failure) {
        isSending = true
        defer { isSending = false }
        var rest = series.requests(
            countMax: seriesPerRequest, byteCountMax: limits.requestByteCountMax)[...]
        while !rest.isEmpty {
            let group = rest.prefix(search.hasGivenUp ? 0 : limits.requestsAtOnce)
            guard !group.isEmpty else {
                rest.forEach { refuse($0, "not sent: all before it were refused") }
                break
            }
            rest.removeFirst(group.count)
            for (request, answer) in zip(group, try await answers(to: Array(group))) {
                switch answer {
                case .taken: take(request)
                case .refused(let refusal): try await split(request, refusal)
                }
            }
        }
        series.removeAll()
    }

    /// Sends requests together.
    ///
    /// - Returns: The backend's last word on each.
    /// - Throws: The first failure; then the others are given up.
    private func answers(to requests: [Range<Int>]) async throws(Failure) -> [Sender.Answer] {
        let (sender, series) = (sender, series)
        let results = await withTaskGroup(of: (Int, Result<Sender.Answer, Failure>).self) { tasks in
            for (index, request) in requests.enumerated() {
                tasks.addTask {
                    do throws(Failure) {
                        let body = Snappy.compress(series.bytes(of: request))
                        return (index, .success(try await sender.send(body)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var results: [(index: Int, result: Result<Sender.Answer, Failure>)] = []
            for await result in tasks {
                results.append(result)
                // The first failure is the one that says why; the cancelled come after it.
                if case .failure = result.1 { tasks.cancelAll() }
            }
            return results
        }
        var answers: [(index: Int, answer: Sender.Answer)] = []
        for (index, result) in results { answers.append((index, try result.get())) }
        return answers.sorted { $0.index < $1.index }.map(\.answer)
    }

    /// Cuts a refused request until the refused series are alone, or the search is given up.
    private func split(_ request: Range<Int>, _ refusal: Sender.Refusal) async throws(Failure) {
        let acceptedBefore = accepted
        search.begin()
        // Largest first: what can be delivered is delivered before the search is given up.
        var queue = [(run: request, refusal: refusal)][...]
        while let (run, refusal) = queue.popFirst() {
            if refusal.isAboutSize {
                seriesPerRequest = max(1, min(seriesPerRequest, run.count / 2))
            }
            guard run.count > 1, search.allowsSplit else {
                refuse(run, refusal.text)
                continue
            }
            let middle = run.lowerBound + run.count / 2
            for half in [run.lowerBound..<middle, middle..<run.upperBound] {
                search.noteSplit()
                switch try await sender.send(Snappy.compress(series.bytes(of: half))) {
                case .taken: take(half)
                case .refused(let refusal):
                    search.noteRefused()
                    queue.append((half, refusal))
                }
            }
        }
        if accepted == acceptedBefore { search.noteLost() }
    }

    private func take(_ run: Range<Int>) {
        accepted += run.count
        search.noteTaken()
    }

    private func refuse(_ run: Range<Int>, _ reason: String) {
        let isAlone = run.count == 1
        refusals.note(
            isAlone ? reason : "\(reason) (together, not tried one by one)", count: run.count
        ) { limit in
            run.prefix(limit).map { index in
                SeriesName.text(ofEncoded: series.bytes(of: index..<index + 1))
            }
        }
    }
}
