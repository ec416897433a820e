import CollectedDays
import Domain
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The known days of an installation")
struct KnownDaysTests {
    private let today = Day(number: 20_000)

    @Test("returns what was noted for each day, in any order")
    func noted() throws {
        var known = KnownDays(today: today)
        #expect(known.isFinal.isEmpty)
        let days = [(3, true), (30, false), (1, false), (2, true), (30, true), (2, false)]
        for (age, isFinal) in days {
            known.note(today.advanced(by: -age), isFinal: isFinal, today: today)
        }
        let expected = [1: false, 2: false, 3: true, 30: true]
        #expect(known.isFinal.count == expected.count)
        for (age, isFinal) in expected {
            #expect(known.isFinal[today.advanced(by: -age)] == isFinal, "\(age) days ago")
        }
        let bytes = try JSONEncoder().encode(known)
        #expect(try JSONDecoder().decode(KnownDays.self, from: bytes) == known)
    }

    @Test("drops days that are too old and reports its first day", arguments: [1, 12, 39, 40, 90])
    func trimmed(later: Int) {
        var known = KnownDays(today: today)
        for age in 1...40 { known.note(today.advanced(by: -age), isFinal: true, today: today) }
        #expect(known.isFinal.count == 40)
        let now = today.advanced(by: later)
        known.note(now.advanced(by: -1), isFinal: false, today: now)
        #expect(known.since == now.advanced(by: -KnownDays.dayCountMax))
        #expect(known.isFinal[now.advanced(by: -1)] == false)
        #expect(known.isFinal.values.count { $0 } == max(0, 40 - later))
        #expect(known.isFinal.keys.allSatisfy { $0 >= known.since })
    }

    @Test("ignores a day before its first day")
    func before() {
        var known = KnownDays(today: today)
        known.note(known.since.advanced(by: -1), isFinal: true, today: today)
        #expect(known.isFinal.isEmpty)
        known.note(known.since, isFinal: true, today: today)
        #expect(known.isFinal == [known.since: true])
    }

    @Test("treats unknown letters as open")
    func strange() throws {
        let text = #"{"since":"2026-11-18","days":"f?-o"}"#
        let known = try JSONDecoder().decode(KnownDays.self, from: Data(text.utf8))
        let first = try #require(Day("2026-11-18"))
        #expect(
            known.isFinal == [
                first: true, first.advanced(by: 1): false, first.advanced(by: 3): false,
            ])
    }
}
