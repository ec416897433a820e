import Domain
import Problems
import Testing
import Toolbox

@Suite("The problems of a scope")
struct ProblemListTests {
    static let start = Timestamp(seconds: 1_795_327_200)  // 2026-11-22T06:00:00Z
    static let day = Duration.seconds(86_400)

    static func problem(
        _ id: String, level: Problem.Level = .problem, at now: Timestamp = start
    ) -> Problem {
        Problem(.authorization, id, level: level, integration: "1-x", text: "revoked", at: now)
    }

    @Test("begin, last and end")
    func reconcile() {
        let (first, begun) = ProblemList().reconciled(
            with: [Self.problem("a"), Self.problem("b")], at: Self.start)
        #expect(begun.began.map(\.id) == ["a", "b"])
        #expect(begun.lasting.isEmpty && begun.ended.isEmpty)

        let later = Self.start.advanced(by: Self.day * 2)
        let (second, changes) = first.reconciled(with: [Self.problem("b", at: later)], at: later)
        #expect(changes.began.isEmpty)
        #expect(changes.lasting.map(\.id) == ["b"])
        #expect(changes.ended.map(\.id) == ["a"])
        #expect(changes.ended.first?.announced == later)
        #expect(second.problems.map(\.since) == [Self.start])
        #expect(second.problems.map(\.seen) == [later])
    }

    @Test(
        "are announced once a day while they last, however often they are found",
        arguments: [
            (hours: 1, isAnnounced: false), (17, false), (18, true), (24, true), (72, true),
        ])
    func daily(hours: Int, isAnnounced: Bool) {
        let list = ProblemList([Self.problem("a")])
        let later = Self.start.advanced(by: .seconds(hours * 3_600))
        let (next, changes) = list.reconciled(with: [Self.problem("a", at: later)], at: later)
        #expect(changes.lasting.isEmpty != isAnnounced)
        let again = next.reconciled(with: [Self.problem("a", at: later)], at: later).changes
        #expect(again.isEmpty)
    }

    @Test("drop notices first when there are too many, and fit into any store")
    func bounded() {
        let long = String(repeating: "x", count: 5_000)
        let many = (0..<1_000).map { number in
            Problem(
                .skipped, "\(number)", level: number < 10 ? .problem : .notice, text: long,
                remedy: long, at: Self.start)
        }
        let list = ProblemList(many.reversed())
        #expect(list.problems.count == ProblemList.countMax)
        #expect(list.problems.prefix(10).allSatisfy { $0.isFault })
        #expect(JSON.encode(list).count < 256 * 1_024)
    }

    @Test(
        "are read as far as they are understood, whatever version wrote them",
        arguments: [
            #"{"version":1,"problems":[GOOD]}"#,
            #"{"version":2,"more":{},"problems":[GOOD,{"id":"b","kind":"a","level":"unheard-of"},7]}"#,
            #"{"problems":[null,GOOD]}"#,
        ])
    func versions(text: String) throws {
        let good = String(decoding: JSON.encode(Self.problem("a")), as: UTF8.self)
        let bytes = Array(text.replacing("GOOD", with: good).utf8)
        let list = try JSON.decode(ProblemList.self, from: bytes, at: "a list")
        #expect(list.problems == [Self.problem("a")])
    }

    @Test("keep kinds that this version does not know")
    func kinds() throws {
        var problem = Self.problem("a")
        problem.kind = Problem.Kind(rawValue: "of-tomorrow")
        let bytes = JSON.encode(ProblemList([problem]))
        #expect(String(decoding: bytes, as: UTF8.self).contains(#""kind":"of-tomorrow""#))
        #expect(try JSON.decode(ProblemList.self, from: bytes, at: "a list").problems == [problem])
    }
}
