import Domain
import Ports
import Synchronization

/// A sink that records the number and the digest of the samples of each delivery.
struct RecordingMetricSink: MetricSink {
    private let sink: any MetricSink
    private let session: RecordingSession

    init(_ sink: any MetricSink, _ session: RecordingSession) {
        self.sink = sink
        self.session = session
    }

    func withWriter(
        for scope: SampleScope, _ body: (any SampleWriter) async throws(Failure) -> Void
    ) async throws(Failure) -> Delivery {
        let place = session.note { tape in
            tape.writings.append(RecordedRun.Writing(of: scope))
            return tape.writings.count - 1
        }
        // What `body` throws for its own reasons is no failure of the sink.
        var isInBody = false
        do throws(Failure) {
            let delivery = try await sink.withWriter(for: scope) { writer throws(Failure) in
                isInBody = true
                try await body(RecordingSampleWriter(writer, session, place))
                isInBody = false
            }
            session.note { $0.writings[place].delivery = RecordedRun.Delivered(delivery) }
            return delivery
        } catch {
            if !isInBody { session.note { $0.writings[place].failure = RecordedRun.Mishap(error) } }
            throw error
        }
    }

    func write(_ report: CollectorReport) async throws(Failure) -> Delivery {
        var writing = RecordedRun.Writing(of: report)
        defer { session.note { $0.collectorWritings = ($0.collectorWritings ?? []) + [writing] } }
        do throws(Failure) {
            let delivery = try await sink.write(report)
            writing.delivery = RecordedRun.Delivered(delivery)
            return delivery
        } catch {
            writing.failure = RecordedRun.Mishap(error)
            throw error
        }
    }
}

private final class RecordingSampleWriter: SampleWriter {
    private let writer: any SampleWriter
    private let session: RecordingSession
    private let place: Int
    private let digest = Mutex(SampleDigest())

    init(_ writer: any SampleWriter, _ session: RecordingSession, _ place: Int) {
        self.writer = writer
        self.session = session
        self.place = place
    }

    func write(_ batch: SampleBatch) async throws(Failure) {
        let now = digest.withLock { digest in
            digest.add(batch)
            return digest
        }
        session.note { run in
            run.writings[place].samples = now.count
            run.writings[place].digest = now.description
        }
        do throws(Failure) {
            try await writer.write(batch)
        } catch {
            session.note { $0.writings[place].failure = RecordedRun.Mishap(error) }
            throw error
        }
    }
}
