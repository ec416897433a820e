import Domain
import Ports
import Testing

@testable import Deployment

@Suite("The limits of the system", .timeLimit(.minutes(1)))
struct ProcessLimitsTests {
    @Test("are enough here")
    func enough() throws { try ProcessLimits.check() }

    @Test("on the address space are named if they are too low", arguments: [0, 60, 399])
    func addressSpace(megabytes: UInt64) {
        let failure = #expect(throws: Failure.self) {
            try ProcessLimits.check(addressByteCount: megabytes << 20)
        }
        #expect(failure?.code == .misconfigured)
        #expect(failure?.message.contains("is \(megabytes) MiB") == true)
        #expect(failure?.message.contains("ulimit -v") == true)
    }

    @Test("on the address space are not there, or high enough", arguments: [400 << 20, UInt64.max])
    func noLimit(count: UInt64) throws { try ProcessLimits.check(addressByteCount: count) }
}
