import Domain
import Fakes
import FanOutSink
import Ports
import Synchronization
import TestSupport
import Testing

@testable import RemoteWrite

/// A sink that counts the samples it accepts, and fails on demand.
private final class CountingSink: MetricSink, SampleWriter {
    enum Step { case begin, write, finish }

    private let failure: (step: Step, failure: Failure)?
    private let delivery: Delivery?
    private let counts = Mutex((samples: 0, writes: 0))

    init(_ delivery: Delivery? = nil, failing step: Step? = nil, _ failure: Failure? = nil) {
        self.delivery = delivery
        self.failure = step.flatMap { step in failure.map { (step, $0) } }
    }

    var sampleCount: Int { counts.withLock(\.samples) }
    var writeCount: Int { counts.withLock(\.writes) }

    private func pass(_ step: Step) throws(Failure) {
        if let failure, failure.step == step { throw failure.failure }
    }

    func withWriter(
        for scope: SampleScope, _ body: (any SampleWriter) async throws(Failure) -> Void
    ) async throws(Failure) -> Delivery {
        try pass(.begin)
        try await body(self)
        try pass(.finish)
        return delivery ?? Delivery(accepted: sampleCount)
    }

    func write(_ report: CollectorReport) async throws(Failure) -> Delivery {
        try pass(.write)
        counts.withLock { $0.samples += report.samples.count }
        return delivery ?? Delivery(accepted: report.samples.count)
    }

    func write(_ batch: SampleBatch) async throws(Failure) {
        counts.withLock { $0.writes += 1 }
        try pass(.write)
        counts.withLock { $0.samples += batch.samples.count }
    }
}

@Suite("A fan-out over sinks")
struct FanOutSinkTests {
    private static func write(
        to sinks: [(name: String, sink: any MetricSink)]
    ) async throws(Failure) -> Delivery {
        try await FanOutSink(sinks).write(
            Array(repeating: users(2), count: 3), for: .acme(.users))
    }

    @Test("combines the deliveries of its sinks")
    func deliveries() async throws {
        let delivery = try await Self.write(to: [
            ("file", CountingSink()),
            ("remote", CountingSink(Delivery(accepted: 4, rejected: 2, reasons: ["too old"]))),
        ])
        #expect(delivery == Delivery(accepted: 4, rejected: 2, reasons: ["remote: too old"]))
    }

    @Test("writes everything to the other sinks when one fails", arguments: [true, false])
    func oneFails(isFirst: Bool) async throws {
        let file = CountingSink()
        let remote = CountingSink(
            failing: .write, Failure(.rateLimited, "slower", delay: .seconds(7)))
        let sinks = [("file", file as any MetricSink), ("remote", remote as any MetricSink)]
        let failure = await #expect(throws: Failure.self) {
            try await Self.write(to: isFirst ? sinks.reversed() : sinks)
        }
        #expect(failure == Failure(.rateLimited, "remote: slower", delay: .seconds(7)))
        #expect(file.sampleCount == 6)
        #expect(remote.writeCount == 1)
    }

    @Test("writes everything to the other sinks when one cannot begin")
    func oneDoesNotOpen() async throws {
        let file = CountingSink()
        let remote = CountingSink(failing: .begin, Failure(.misconfigured, "no address"))
        let failure = await #expect(throws: Failure.self) {
            try await Self.write(to: [("remote", remote), ("file", file)])
        }
        #expect(failure == Failure(.misconfigured, "remote: no address"))
        #expect(file.sampleCount == 6)
    }

    @Test("stops when all sinks have failed, and reports the failure that no retry cures")
    func allFail() async throws {
        let (busy, wrong) = (
            CountingSink(failing: .write, Failure(.unavailable, "busy")),
            CountingSink(failing: .write, Failure(.unauthorized, "wrong key"))
        )
        let failure = await #expect(throws: Failure.self) {
            try await Self.write(to: [("a", busy), ("b", wrong)])
        }
        #expect(failure == Failure(.unauthorized, "a: busy; b: wrong key"))
        #expect(busy.writeCount == 1 && wrong.writeCount == 1)
    }

    @Test("stops when the task is cancelled")
    func cancelled() async throws {
        let (gone, file) = (
            CountingSink(failing: .write, Failure(.cancelled, "gone")), CountingSink()
        )
        let failure = await #expect(throws: Failure.self) {
            try await Self.write(to: [("a", gone), ("b", file)])
        }
        #expect(failure?.code == .cancelled)
        #expect(file.writeCount == 1)
    }
}
