import Domain
import Fakes
import Ports
import Synchronization

/// A backend that keeps what it was last sent of each source of a day, and fails where the plan says.
final class SoakSink: MetricSink {
    /// How it answers for an organization.
    enum Trouble: String, CaseIterable {
        case pause = "429"
        case timeout = "408"
        case down = "5xx"
        case refuses = "refuses the request"
        case refusesSome = "refuses some samples"
        case unheard = "takes all, and is not heard"
        case moody = "every second write fails"
    }

    private struct State {
        var troubles: [OrganizationLogin: Trouble] = [:]
        var batches: [SampleScope: [SampleBatch]] = [:]
        var counts: [Trouble: Int] = [:]
        var writes = 0
        var samples = 0
    }

    private let state = Mutex(State())

    /// Chooses how it answers from now on.
    func answer(_ troubles: [OrganizationLogin: Trouble]) {
        state.withLock { $0.troubles = troubles }
    }

    /// How often it answered how.
    var counts: [Trouble: Int] { state.withLock { $0.counts } }
    /// How many samples it was sent, repeated ones too.
    var sampleCount: Int { state.withLock { $0.samples } }

    /// What it has.
    var batches: [SampleScope: [SampleBatch]] { state.withLock { $0.batches } }

    func write(_ report: CollectorReport) async throws(Failure) -> Delivery {
        Delivery(accepted: report.samples.count)
    }

    func withWriter(
        for scope: SampleScope, _ body: (any SampleWriter) async throws(Failure) -> Void
    ) async throws(Failure) -> Delivery {
        let trouble = trouble(of: scope)
        if let trouble { state.withLock { $0.counts[trouble, default: 0] += 1 } }
        let writer = SoakWriter()
        switch trouble {
        case .pause: throw Failure(.rateLimited, "the backend answers 429", delay: .seconds(30))
        case .timeout: throw Failure(.timedOut, "the backend answers 408")
        case .down, .moody: throw Failure(.unavailable, "the backend answers 503")
        case .refuses: throw Failure(.rejected, "the backend answers 400")
        case .refusesSome, .unheard, nil: try await body(writer)
        }
        let batches = writer.batches
        let count = batches.reduce(0) { $0 + $1.samples.count }
        state.withLock { state in
            state.batches[scope] = batches
            state.samples += count
        }
        if trouble == .unheard { throw Failure(.timedOut, "the backend's answer is lost") }
        // What it refuses counts as missing; the next write brings everything.
        let rejected = trouble == .refusesSome ? min(1, count) : 0
        if rejected > 0 { state.withLock { $0.batches[scope] = [] } }
        return Delivery(
            accepted: count - rejected, rejected: rejected,
            reasons: rejected > 0 ? ["out of bounds"] : [])
    }

    private func trouble(of scope: SampleScope) -> Trouble? {
        state.withLock { state in
            state.writes += 1
            let trouble = state.troubles[scope.organization]
            return trouble == .moody && state.writes.isMultiple(of: 2) ? nil : trouble
        }
    }
}

private final class SoakWriter: SampleWriter {
    private let all = Mutex<[SampleBatch]>([])

    var batches: [SampleBatch] { all.withLock { $0 } }

    func write(_ batch: SampleBatch) async throws(Failure) { all.withLock { $0.append(batch) } }
}
