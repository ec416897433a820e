import Domain
import Ports

/// One source of one day on its way to a remote-write backend.
///
/// As soon as a request is full it is compressed, while its bytes are still in the processor's cache,
/// and sent; the next is filled meanwhile. Only so many are on their way at once: so memory is
/// bounded, and a slow backend slows the reader. What waits for an answer is kept compressed.
actor RemoteWriter: SampleWriter {
    private let scope: SampleScope
    private let limits: RemoteWriteSettings.Limits
    private let tags: TagLabels?
    private let sender: Sender

    private var series = SeriesBuffer()
    /// The requests on their way, in the order they were sent.
    private var posted: [InFlightRequest] = []
    private var isWriting = false
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
        series.reserve(settings.limits.requestByteCountMax)
    }

    func write(_ batch: SampleBatch) async throws(Failure) {
        precondition(batch.scope == scope, "a batch of another scope")
        precondition(!isWriting, "a writer takes one batch at a time")
        isWriting = true
        defer { isWriting = false }
        let encoder = SeriesEncoder(
            batch, tags: tags, valueByteCountMax: limits.labelValueByteCountMax)
        var rest = batch.samples[...]
        while !rest.isEmpty {
            for sample in encoder.append(&rest, to: &series, upTo: bound) {
                let limit = limits.labelValueByteCountMax ?? 0
                let reason = "not sent: a label is over the backend's \(limit) bytes"
                refusals.note(reason) { _ in [SeriesName.text(of: sample, in: batch)] }
            }
            if series.isFull(bound) { try await post() }
        }
    }

    func finish() async throws(Failure) -> Delivery {
        try await post()
        try await settle(atMost: 0)
        return Delivery(
            accepted: accepted, rejected: refusals.count, reasons: refusals.reasons)
    }

    private var bound: SeriesBuffer.Bound {
        SeriesBuffer.Bound(count: seriesPerRequest, byteCount: limits.requestByteCountMax)
    }

    /// Sends what was collected: one request, or several if it is more than one may hold.
    private func post() async throws(Failure) {
        var requests: [(body: [UInt8], count: Int)] = []
        if series.count > seriesPerRequest || series.bytes.count > limits.requestByteCountMax {
            let encoded = EncodedSeries(series.bytes)
            for run in encoded.requests(
                countMax: seriesPerRequest, byteCountMax: limits.requestByteCountMax)
            {
                requests.append((Snappy.compress(encoded.bytes(of: run)), run.count))
            }
        } else if series.count > 0 {
            requests.append((Snappy.compress(series.bytes[...]), series.count))
        }
        series.removeAll()
        for (body, count) in requests {
            try await settle(atMost: limits.requestsAtOnce - 1)
            if search.hasGivenUp {
                let encoded = EncodedSeries(Snappy.decompress(body))
                refuse(encoded, 0..<count, "not sent: all before it were refused")
            } else {
                posted.append(InFlightRequest(body, count, sender))
            }
        }
    }

    /// Waits for the answers to the oldest requests, and splits what is refused.
    ///
    /// - Parameter count: How many may stay on their way.
    /// - Throws: The first failure; then the others are given up.
    private func settle(atMost count: Int) async throws(Failure) {
        while posted.count > count {
            let request = posted.removeFirst()
            do throws(Failure) {
                switch try await request.answer() {
                case .taken: take(request.count)
                case .refused(let refusal):
                    try await split(EncodedSeries(Snappy.decompress(request.body)), refusal)
                }
            } catch {
                for request in posted { request.cancel() }
                for request in posted { _ = try? await request.answer() }
                posted = []
                throw error
            }
        }
    }

    /// Cuts a refused request until the refused series are alone, or the search is given up.
    private func split(
        _ series: EncodedSeries, _ refusal: Sender.Refusal
    ) async throws(Failure) {
        let acceptedBefore = accepted
        search.begin()
        // Largest first: what can be delivered is delivered before the search is given up.
        var queue = [(run: 0..<series.count, refusal: refusal)][...]
        while let (run, refusal) = queue.popFirst() {
            if refusal.isAboutSize {
                seriesPerRequest = max(1, min(seriesPerRequest, run.count / 2))
            }
            guard run.count > 1, search.allowsSplit else {
                refuse(series, run, refusal.text)
                continue
            }
            let middle = run.lowerBound + run.count / 2
            for half in [run.lowerBound..<middle, middle..<run.upperBound] {
                search.noteSplit()
                switch try await sender.send(Snappy.compress(series.bytes(of: half))) {
                case .taken: take(half.count)
                case .refused(let refusal):
                    search.noteRefused()
                    queue.append((half, refusal))
                }
            }
        }
        if accepted == acceptedBefore { search.noteLost() }
    }

    private func take(_ count: Int) {
        accepted += count
        search.noteTaken()
    }

    private func refuse(_ series: EncodedSeries, _ run: Range<Int>, _ reason: String) {
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
