import CollectedDays
import Domain
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The history of an installation")
struct DayHistoryTests {
    private let today = Day(number: 20_000)

    private func history(_ notes: [(age: Int, state: DayState?)]) throws -> DayHistory {
        var known = KnownDays(today: today)
        for note in notes {
            known.note(
                today.advanced(by: -note.age), isFinal: false, state: note.state, today: today)
        }
        return try #require(known.history)
    }

    @Test("returns how each day stands, in any order of notes")
    func noted() throws {
        let history = try history([
            (3, .complete), (300, .faulty), (1, .waiting), (3, .faulty), (2, nil),
        ])
        let expected: [Int: DayHistory.Entry] = [
            1: .state(.waiting), 2: .unknown, 3: .state(.faulty), 4: .nothing, 40: .nothing,
            // Nobody has looked whether days before the first summary have a manifest.
            41: .unknown, 299: .unknown, 300: .state(.faulty), 301: .unknown, 0: .nothing,
        ]
        for (age, entry) in expected {
            #expect(history[today.advanced(by: -age)] == entry, "\(age) days ago")
        }
        let days = today.advanced(by: -301)...today
        let listed = history.entries(in: days)
        #expect(listed.map(\.day) == (1...300).reversed().map { today.advanced(by: -$0) })
        #expect(listed.allSatisfy { history[$0.day] == $0.entry })
        #expect(history.entries(in: today...today).isEmpty)
        let bytes = try JSONEncoder().encode(history)
        #expect(try JSONDecoder().decode(DayHistory.self, from: bytes) == history)
    }

    @Test("drops days that are too old", arguments: [1, 39, 399, 400, 401, 900])
    func trimmed(later: Int) throws {
        var known = KnownDays(today: today)
        known.note(today.advanced(by: -1), isFinal: true, state: .complete, today: today)
        let now = today.advanced(by: later)
        known.note(now.advanced(by: -1), isFinal: true, state: .faulty, today: now)
        known.note(now.advanced(by: -500), isFinal: true, state: .faulty, today: now)
        let history = try #require(known.history)
        #expect(history.since >= now.advanced(by: -DayHistory.dayCountMax))
        #expect(history[now.advanced(by: -1)] == .state(.faulty))
        #expect(history[now.advanced(by: -500)] == .unknown)
        let isKept = later < DayHistory.dayCountMax
        #expect(history[today.advanced(by: -1)] == (isKept ? .state(.complete) : .unknown))
    }

    @Test("does not know letters of a newer version")
    func strange() throws {
        let text = #"{"since":"2026-11-18","states":"g!-w"}"#
        let history = try JSONDecoder().decode(DayHistory.self, from: Data(text.utf8))
        let first = try #require(Day("2026-11-18"))
        let entries = (0..<5).map { history[first.advanced(by: $0)] }
        #expect(
            entries == [.state(.complete), .unknown, .nothing, .state(.waiting), .nothing])
    }
}
