import Domain
import InMemory
import Runner
import Synchronization
import TestSupport
import Testing

@Suite("The findings that pages show", .timeLimit(.minutes(1)))
struct LatestDiagnosisTests {
    private let clock = ManualClock(Timestamp(seconds: 1_795_348_800))

    @Test("come of one run at a time, and are looked for again when they are old")
    func runs() async throws {
        let count = Mutex(0)
        let gate = Gate()
        let latest = LatestDiagnosis(clock: clock) { note in
            count.withLock { $0 += 1 }
            note("token of acme")
            try? await gate.opened()
            return Diagnosis.unreadable(Failure(.misconfigured, "a"))
        }
        for _ in 0..<5 {
            let state = await latest.state()
            #expect(state.diagnosis == nil && state.time == nil && state.progress != nil)
        }
        gate.open()
        await latest.settled()
        let first = clock.now()
        for _ in 0..<5 {
            let state = await latest.state()
            #expect(state.diagnosis?.isFault == true && state.time == first)
            #expect(state.progress == nil)
        }
        #expect(count.withLock { $0 } == 1)
        clock.advance(by: LatestDiagnosis.freshness)
        let old = await latest.state()
        // The old findings stay until the new ones are there.
        #expect(old.time == first && old.progress != nil)
        await latest.settled()
        #expect(await latest.state().time == clock.now())
        #expect(count.withLock { $0 } == 2)
    }
}
