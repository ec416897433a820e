import Domain
import Ports

/// Writes one source of one day to a remote-write backend.
///
/// A full request is compressed while its bytes are still in the processor's cache, and sent while
/// the next one is filled. The number of requests in flight is limited. This bounds memory and lets
/// a slow backend slow the reader. Requests in flight are held compressed.
actor RemoteWriter: SampleWriter {
    private let scope: SampleScope
    private let limits: RemoteWriteSettings.Limits
    private let tags: TagLabels?
    private let sender: Sender

    private var series = SeriesBuffer()
    /// Requests whose response was not read yet, oldest first.
    private var inFlight: [InFlightRequest] = []
    private var isWriting = false
    private var search = RejectionSearch()
    private var rejections = RejectionLog()
    private var accepted = 0
    /// Shrinks when the backend responds that a request is too large.
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
                let reason =
                    "not sent: a label is longer than the backend's limit of \(limit) bytes"
                rejections.note(reason) { _ in [SeriesName.text(of: sample, in: batch)] }
            }
            if series.isFull(bound) { try await post() }
        }
    }

    /// Sends what is left, and waits for all responses.
    ///
    /// - Throws: What ``write(_:)`` throws.
    func finish() async throws(Failure) -> Delivery {
        try await post()
        try await settle(atMost: 0)
        return Delivery(
            accepted: accepted, rejected: rejections.count, reasons: rejections.reasons)
    }

    /// Cancels the requests in flight and waits until they have ended.
    func cancel() async {
        for request in inFlight { request.cancel() }
        while let request = inFlight.popLast() { _ = try? await request.response() }
    }

    private var bound: SeriesBuffer.Bound {
        SeriesBuffer.Bound(count: seriesPerRequest, byteCount: limits.requestByteCountMax)
    }

    /// Posts the buffered series: as one request, or as several if they exceed a request's limits.
    private func post() async throws(Failure) {
        var bodies: [(body: [UInt8], count: Int)] = []
        if series.count > seriesPerRequest || series.bytes.count > limits.requestByteCountMax {
            let encoded = EncodedSeries(series.bytes)
            for run in encoded.requests(
                countMax: seriesPerRequest, byteCountMax: limits.requestByteCountMax)
            {
                bodies.append((Snappy.compress(encoded.bytes(of: run)), run.count))
            }
        } else if series.count > 0 {
            bodies.append((Snappy.compress(series.bytes[...]), series.count))
        }
        series.removeAll()
        for (body, count) in bodies {
            try await settle(atMost: limits.requestsAtOnce - 1)
            if search.hasGivenUp {
                let encoded = EncodedSeries(Snappy.decompress(body))
                reject(encoded, 0..<count, "not sent: all requests before it were rejected")
            } else {
                inFlight.append(InFlightRequest(body, count: count, with: sender))
            }
        }
    }

    /// Waits for the responses to the oldest requests, and splits rejected requests.
    ///
    /// - Parameter count: The number of requests that may stay in flight.
    /// - Throws: The first failure. It ends the writing, and with it the other requests.
    private func settle(atMost count: Int) async throws(Failure) {
        do throws(Failure) {
            while inFlight.count > count {
                let request = inFlight.removeFirst()
                switch try await request.response() {
                case .accepted: accept(request.count)
                case .rejected(let rejection):
                    try await split(EncodedSeries(Snappy.decompress(request.body)), rejection)
                }
            }
        } catch {
            await cancel()
            throw error
        }
    }

    /// Halves a rejected request until every rejected series is alone, or the search is given up.
    ///
    /// - Throws: The doubt about the rejection, if the backend is more likely to be out of service.
    private func split(
        _ series: EncodedSeries, _ rejection: Sender.Rejection
    ) async throws(Failure) {
        let acceptedBefore = accepted
        search.begin()
        // Largest first: what can be delivered is delivered before the search is given up.
        var queue = [(run: 0..<series.count, rejection: rejection)][...]
        while let (run, rejection) = queue.popFirst() {
            if rejection.isAboutSize {
                seriesPerRequest = max(1, min(seriesPerRequest, run.count / 2))
            }
            if let doubt = rejection.doubt {
                // What accepts one part is in service, so it means the samples of the other. Until
                // then a few parts are tried, and no more: it may be out of service.
                let isInService = accepted > acceptedBefore
                guard isInService || (run.count > 1 && search.isAtBeginning) else { throw doubt }
                guard run.count == 1 || search.allowsSplit else { throw doubt }
            }
            guard run.count > 1, search.allowsSplit else {
                reject(series, run, rejection.text)
                continue
            }
            let middle = run.lowerBound + run.count / 2
            for half in [run.lowerBound..<middle, middle..<run.upperBound] {
                search.noteSplit()
                let body = Snappy.compress(series.bytes(of: half))
                switch try await sender.send(body, mayDoubt: rejection.doubt != nil) {
                case .accepted: accept(half.count)
                case .rejected(let rejection):
                    search.noteRejected()
                    queue.append((half, rejection))
                }
            }
        }
        if accepted == acceptedBefore { search.noteLost() }
    }

    private func accept(_ count: Int) {
        accepted += count
        search.noteAccepted()
    }

    private func reject(_ series: EncodedSeries, _ run: Range<Int>, _ reason: String) {
        let isAlone = run.count == 1
        rejections.note(
            isAlone ? reason : "\(reason) (as a group, not tried one by one)", count: run.count
        ) { limit in
            run.prefix(limit).map { index in
                SeriesName.text(ofEncoded: series.bytes(of: index..<index + 1))
            }
        }
    }
}
