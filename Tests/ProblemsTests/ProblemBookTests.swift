import Domain
import InMemory
import Ports
import Problems
import Testing
import Toolbox

@Suite("The book of problems", .timeLimit(.minutes(1)))
struct ProblemBookTests {
    let clock = ManualClock(ProblemListTests.start)
    let store: MemoryStore
    let book: ProblemBook

    init() {
        store = MemoryStore(clock: clock)
        book = ProblemBook(store)
    }

    private func note(_ found: [Problem]) async throws -> ProblemChanges {
        let result = try await book.reconcile(.runnerProblems, at: clock.now()) { _ in found }
        if let state = result.state { try await store.keep(state) }
        return result.notes.changes
    }

    @Test("writes nothing while there is nothing to say")
    func quiet() async throws {
        #expect(try await note([]).isEmpty)
        #expect(try await store.entry(for: .runnerProblems) == nil)
    }

    @Test("keeps the beginning of a problem until it ends")
    func lasts() async throws {
        #expect(try await note([ProblemListTests.problem("a")]).began.count == 1)
        clock.advance(by: ProblemListTests.day)
        let now = clock.now()
        #expect(try await note([ProblemListTests.problem("a", at: now)]).lasting.count == 1)
        let kept = try await book.all()
        #expect(kept.map(\.key) == [.runnerProblems])
        #expect(kept.first?.problems.map(\.since) == [ProblemListTests.start])
        #expect(try await note([]).ended.map(\.id) == ["a"])
        #expect(try await book.all().isEmpty)
        #expect(try await note([]).isEmpty)
    }

    @Test(
        "reads past a damaged entry, replaces it, and says so once",
        arguments: ["", "{", "[]", "\u{0}"], [0, 1])
    func damaged(text: String, count: Int) async throws {
        try await store.put(Array(text.utf8), for: .runnerProblems, if: .always)
        #expect(try await book.all().isEmpty)
        let found = [ProblemListTests.problem("a")].prefix(count)
        let began = try await note(Array(found)).began
        #expect(began.count == count + 1)
        #expect(began.last?.kind == .state)
        #expect(began.last?.text.contains("problems/runner") == true)
        #expect(try await book.all().count == count)
        #expect(try await note(Array(found)).isEmpty)
    }

    @Test("loses no problem of another writer of the same entry")
    func concurrent() async throws {
        let now = clock.now()
        let add = { (id: String) in
            { @Sendable (known: [Problem]) in known + [ProblemListTests.problem(id, at: now)] }
        }
        // Both have read before either writes.
        let first = try await book.reconcile(.runnerProblems, at: now, add("a"))
        let second = try await book.reconcile(.runnerProblems, at: now, add("b"))
        try await store.keep(try #require(first.state))
        try await store.keep(try #require(second.state))
        #expect(try await book.all().flatMap(\.problems).map(\.id) == ["a", "b"])
    }

    @Test("says once that a problem has ended whose days are read at the same time")
    func endingTogether() async throws {
        let now = clock.now()
        let days = try ["2026-11-19", "2026-11-20", "2026-11-21"].map { try #require(Day($0)) }
        var problem = ProblemListTests.problem("a")
        problem.days = days
        _ = try await note([problem])
        let take = { (day: Day) in
            { @Sendable (known: [Problem]) in
                known.compactMap { problem in
                    var problem = problem
                    problem.days?.removeAll { $0 == day }
                    return problem.days?.isEmpty == false ? problem : nil
                }
            }
        }
        // Each has read the problem with all days before anyone writes.
        var found: [ProblemBook.Reconciled] = []
        for day in days {
            found.append(try await book.reconcile(.runnerProblems, at: now, take(day)))
        }
        #expect(found.allSatisfy { $0.notes.changes.isEmpty })
        for result in found { try await store.keep(try #require(result.state)) }
        #expect(found.map(\.notes.changes.ended.count) == [0, 0, 1])
        #expect(try await book.all().isEmpty)
    }
}
