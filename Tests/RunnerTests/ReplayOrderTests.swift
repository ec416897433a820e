import Domain
import Fakes
import FunctionInterface
import Ports
import TestSupport
import Testing
import Toolbox

@testable import Runner

/// Downloads that run side by side, of which one fails and cancels the others.
struct SideBySideDownloads: Sendable {
    static let base = "https://files.example/"
    var files = 9
    var atMost = 4

    func conclude(_ ports: FunctionPorts) async -> Conclusion {
        await Conclusion.of(.onCollectOrg) { () async throws(Failure) in
            let bodies = try await Array(1...files).concurrentMap(atMost: atMost) {
                file throws(Failure) in
                let request = HTTPClientRequest("GET", "\(Self.base)\(file)")
                let response = try await ports.transport.send(request)
                let body = try await response.body.bytes()
                guard response.status == 200 else {
                    throw Failure(.notReady, "file \(file) is missing")
                }
                return String(decoding: body, as: UTF8.self)
            }
            return FakeOutput(json: .array(bodies.map { .string($0) }))
        }
    }
}

/// Answers each file in a scripted order, and holds the rest until they are cancelled.
private struct ScriptedOrder: Sendable {
    /// The files that are answered, in this order; a negative number is answered with 404.
    let answers: [Int]
    private let gates: [Int: Gate]

    init(_ answers: [Int]) {
        self.answers = answers
        gates = Dictionary(uniqueKeysWithValues: answers.map { (abs($0), Gate()) })
        answers.first.map { gates[abs($0)]?.open() }
    }

    var transport: ScriptedTransport {
        ScriptedTransport { request throws(Failure) in
            let file = Int(request.url.dropFirst(SideBySideDownloads.base.count)) ?? 0
            do {
                try await (gates[file] ?? Gate()).opened()
            } catch {
                throw Failure(.cancelled, "the download was cancelled")
            }
            let place = answers.firstIndex { abs($0) == file } ?? 0
            return HTTPClientResponse(
                status: answers[place] < 0 ? 404 : 200,
                body: HTTPBody(chunks: [Array("file \(file)".utf8)]) {
                    // The next one is answered when this one is read to the end.
                    if place + 1 < answers.count { gates[abs(answers[place + 1])]?.open() }
                })
        }
    }
}

extension HTTPBody {
    /// A body that tells when it was read to the end.
    fileprivate init(chunks: [[UInt8]], atEnd: @escaping @Sendable () -> Void) {
        let body = HTTPBody(chunks: chunks)
        self.init { () async throws(Failure) in
            let chunk = try await body.next()
            if chunk == nil { atEnd() }
            return chunk
        }
    }
}

@Suite("Replaying what ran side by side", .timeLimit(.minutes(5)))
struct ReplayOrderTests {
    private static let replayCount = 50

    private func record(
        _ work: SideBySideDownloads, _ answers: [Int], in folder: String
    ) async throws -> (conclusion: Conclusion, run: RecordedRun) {
        var ports = try await #require(RecordedWork()).ports()
        ports.transport = ScriptedOrder(answers).transport
        let recorder = Recorder(
            into: try RecordingFolder(
                newAt: folder, settings: [:], scrubber: Scrubber(hashing: PlainHashing())))
        let conclusion = await recorder.run(.onCollectOrg, on: .null, ports: ports) {
            await work.conclude($0)
        }
        return (conclusion, try #require(try RecordingFolder.read(folder).runs.first?.run))
    }

    @Test(
        "gives the recorded result every time, whichever download failed first",
        arguments: [
            [-1], [-4], [1, -2], [2, 3, -5], [1, 2, 3, 4, -8], [4, 3, -2], [1, -5],
            [9, 8, 7, 6, 5, 4, 3, 2, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9],
        ])
    func exact(answers: [Int]) async throws {
        let work = SideBySideDownloads(atMost: answers.first == 9 ? 9 : 4)
        try await withTemporaryFolder { folder in
            let (conclusion, run) = try await record(work, answers, in: folder)
            let failing = answers.first { $0 < 0 }
            #expect(conclusion.failure?.code == failing.map { _ in .notReady })
            for _ in 0..<Self.replayCount {
                let differences = await Player.play(run) { ports, _ in await work.conclude(ports) }
                #expect(differences == [])
            }
        }
    }

    @Test("reports a difference of the function, and does not wait for what never comes")
    func changed() async throws {
        try await withTemporaryFolder { folder in
            let (_, run) = try await record(
                SideBySideDownloads(), [1, 2, 3, 4, -8], in: folder)
            let fewer = SideBySideDownloads(files: 3)
            let differences = await Player.play(run, patience: .milliseconds(1)) { ports, _ in
                await fewer.conclude(ports)
            }
            #expect(differences.first?.what == "result")
            #expect(
                differences.contains {
                    $0.what == "GET \(SideBySideDownloads.base)8" && $0.now == "not requested"
                })
        }
    }

    @Test("plays a recording without order, and does not let a cancelled request decide the result")
    func older() async throws {
        try await withTemporaryFolder { folder in
            var (_, run) = try await record(SideBySideDownloads(files: 4), [-3], in: folder)
            for place in run.exchanges.indices {
                run.exchanges[place].began = nil
                run.exchanges[place].answered = nil
                run.exchanges[place].ended = nil
            }
            for _ in 0..<Self.replayCount {
                let differences = await Player.play(run) { ports, _ in
                    await SideBySideDownloads(files: 4).conclude(ports)
                }
                #expect(differences == [])
            }
        }
    }

    @Test("keeps every run of a recording of more than 9,999, and plays them in order")
    func manyRuns() async throws {
        try await withTemporaryFolder { path in
            let folder = try RecordingFolder(
                newAt: path, settings: [:], scrubber: Scrubber(hashing: PlainHashing()))
            let names = (1...10_003).map { _ in folder.nextName(for: .onCollectOrg) }
            #expect(Set(names).count == names.count)
            let few = [names[0], names[1], names[9_998], names[9_999], names[10_002]]
            for name in few.reversed() {
                try folder.save(RecordedRun(function: .onCollectOrg, event: .null), as: name)
            }
            #expect(few.first == "0001-onCollectOrg" && few.last == "10003-onCollectOrg")
            #expect(try RecordingFolder.read(path).runs.map(\.name) == few)
        }
    }
}
