import Domain
import Fakes
import InMemory
import Ports
import Testing

private let noon = Timestamp(seconds: 1_795_262_400)

/// The fakes that no conformance suite tests.
@Suite("The fakes", .timeLimit(.minutes(5)))
struct FakesTests {
    @Test("move the time by sleeping, and the wall clock with it")
    func manualTime() async throws {
        let wallClock = ManualClock(noon)
        let time = ManualTime(moving: wallClock)
        let start = time.now
        try await time.sleep(for: .seconds(3_600))
        try await time.sleep(until: start.advanced(by: .seconds(60)), tolerance: nil)
        time.advance(by: .seconds(60))
        #expect(time.sleeps == [.seconds(3_600), .zero])
        #expect(start.duration(to: time.now) == .seconds(3_660))
        #expect(wallClock.now() == noon.advanced(by: .seconds(3_660)))
    }

    @Test("do not let a cancelled task sleep")
    func cancelledSleep() async throws {
        let time = ManualTime()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            try await time.sleep(for: .seconds(1))
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(time.sleeps == [])
    }

    @Test("return the numbers of the published SplitMix64")
    func generator() {
        // The first numbers of splitmix64.c for this seed.
        var generator = SeededGenerator(seed: 1_234_567)
        let numbers = (0..<3).map { _ in generator.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }

    @Test("return the same sequence of bytes for the same seed")
    func entropy() {
        let (one, same, other) = (
            SeededEntropy(seed: 1), SeededEntropy(seed: 1), SeededEntropy(seed: 2)
        )
        let bytes = one.bytes(32)
        #expect(bytes.count == 32)
        #expect(same.bytes(32) == bytes)
        #expect(one.bytes(32) != bytes)
        #expect(other.bytes(32) != bytes)
    }

    @Test("seal a secret visibly, for one place", arguments: ["", "token", "two words", "ä 🧭"])
    func vault(text: String) throws {
        let (place, other) = try (#require(StoreKey("a/b")), #require(StoreKey("a/c")))
        let vault = OpenVault()
        let sealed = vault.seal(Secret(text), for: place)
        #expect(String(decoding: sealed, as: UTF8.self).hasPrefix("sealed a/b "))
        #expect(try vault.open(sealed, from: place).reveal { $0 } == text)
        for (bytes, place) in [(sealed, other), (sealed.dropLast(), place), ([], place)]
        where !(text.isEmpty && bytes == sealed.dropLast()) {
            let failure = #expect(throws: Failure.self) { try vault.open(bytes, from: place) }
            #expect(failure?.code == .unreadableState)
        }
    }

    @Test("respond to requests from a script, and record them")
    func transport() async throws {
        let transport = ScriptedTransport { request throws(Failure) in
            guard request.method == "GET" else { throw Failure(.unavailable, "down") }
            return HTTPClientResponse(status: 200, bytes: Array(request.url.utf8))
        }
        let reply = try await transport.send(HTTPClientRequest("GET", "http://one"))
        #expect(try await reply.body.bytes() == Array("http://one".utf8))
        let failure = await #expect(throws: Failure.self) {
            try await transport.send(HTTPClientRequest("POST", "http://two"))
        }
        #expect(failure?.code == .unavailable)
        #expect(transport.requests.map(\.url) == ["http://one", "http://two"])
    }

    @Test("end a run that uses a transport without a script")
    func unexpectedTransport() async {
        await #expect(processExitsWith: .failure) {
            _ = try await ScriptedTransport.unexpected.send(
                HTTPClientRequest("GET", "http://one?secret"))
        }
    }

    @Test("keep the samples of the last complete write of a scope")
    func sink() async throws {
        let sink = RecordingSink()
        let scope = try scope(.users)
        let first = batch(scope, [1, 2])
        await #expect(throws: Failure.self) {
            try await sink.withWriter(for: scope) { writer throws(Failure) in
                try await writer.write(first)
                throw Failure(.unavailable, "the download broke off")
            }
        }
        #expect(sink.rows == [])
        for values in [[3.0, 4], [5]] {
            let batches = values.map { batch(scope, [$0]) }
            #expect(
                try await sink.write(batches, for: scope) == Delivery(accepted: values.count))
        }
        let row = try #require(sink.rows(of: scope).first)
        #expect(sink.rows == [row])
        #expect(row.name == Catalogue.metrics[0].name)
        #expect(row.labels == [.organization: "acme", .userLogin: "mona"])
        #expect(row.value == 5)
        #expect(row.timestamp == Timestamp("2026-11-21T23:59:59Z"))
        #expect(sink.writings == [scope, scope])
        #expect(sink.rows(of: try self.scope(.billing)) == [])
    }

    @Test("reject or fail the scopes that a test selects")
    func sinkAnswers() async throws {
        let sink = RecordingSink { scope in
            switch scope.source {
            case .users: .reject(reason: "too old") { $0.value > 1 }
            case .billing: .fail(Failure(.unavailable, "down"))
            default: .take
            }
        }
        #expect(
            try await sink.write(batch(scope(.users), [1, 2, 3]))
                == Delivery(accepted: 1, rejected: 2, reasons: ["too old"]))
        #expect(sink.rows.map(\.value) == [1])

        let failure = await #expect(throws: Failure.self) {
            try await sink.write(batch(scope(.billing), [1]))
        }
        #expect(failure?.code == .unavailable)
        sink.answer { _ in .take }
        #expect(try await sink.write([], for: scope(.billing)) == Delivery(accepted: 0))
        #expect(try sink.writings == [scope(.users), scope(.billing)])
    }

    private func scope(_ source: Source) throws -> SampleScope {
        SampleScope(
            organization: try #require(OrganizationLogin("acme")),
            day: try #require(Day("2026-11-21")), source: source,
            tags: SampleTags(application: "copilot", subsystem: nil))
    }

    private func batch(_ scope: SampleScope, _ values: [Double]) -> SampleBatch {
        var batch = SampleBatch(scope)
        batch.addLabel(.organization, "acme")
        let head = batch.endBlock()
        batch.addLabel(.userLogin, "mona")
        let tail = batch.endBlock()
        for value in values { batch.add(MetricID.all[0], value, head: head, tail: tail) }
        return batch
    }
}
