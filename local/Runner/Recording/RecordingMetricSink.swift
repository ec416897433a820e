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

    func open(_ scope: SampleScope) async throws(Failure) -> any SampleWriter {
        let place = session.note { run in
            run.writings.append(RecordedRun.Writing(of: scope))
            return run.writings.count - 1
        }
        do throws(Failure) {
            return RecordingSampleWriter(try await sink.open(scope), session, place)
        } catch {
            session.note { $0.writings[place].failure = RecordedRun.Mishap(error) }
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

    func finish() async throws(Failure) -> Delivery {
        do throws(Failure) {
            let delivery = try await writer.finish()
            session.note { $0.writings[place].delivery = RecordedRun.Delivered(delivery) }
            return delivery
        } catch {
            session.note { $0.writings[place].failure = RecordedRun.Mishap(error) }
            throw error
        }
    }
}
