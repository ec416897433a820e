import Domain
import Fakes
import InMemory
import Ports
import TestSupport
import Testing

@testable import RemoteWrite

/// Backends and proxies that do not say what remote write wants them to say.
@Suite("A remote-write error that can mean two things", .timeLimit(.minutes(5)))
struct DoubtTests {
    @Test(
        "is a wait if a proxy or a slow backend says it, not a refusal", arguments: [408, 425, 499])
    func wait(status: Int) async throws {
        let backend = ScriptedBackend { number, _ in
            HTTPClientResponse(number < 3 ? status : 204, "slow")
        }
        let time = ManualTime()
        let delivery = try await RemoteWriteSink(backend, time: time).write(users(50))
        #expect(delivery == Delivery(accepted: 50))
        #expect(backend.received.map(\.series.count) == [50, 50, 50, 50])
        #expect(time.sleeps.count == 3)
    }

    @Test(
        "is a refusal of some samples if a 5xx repeats itself and a part is accepted",
        arguments: [(500, "literal is too long"), (503, "conflict")],
        [[7], [0, 1, 999], [500, 501]])
    func permanent(words: (status: Int, text: String), bad: [Int]) async throws {
        let backend = ScriptedBackend { _, series in
            let users = series.compactMap { $0[.userLogin] }.compactMap(Int.init)
            return users.contains(where: bad.contains)
                ? HTTPClientResponse(words.status, words.text) : HTTPClientResponse(204)
        }
        let delivery = try await RemoteWriteSink(backend).write(users(1_000))
        #expect(delivery.accepted == 1_000 - bad.count)
        #expect(delivery.rejected == bad.count)
        #expect(delivery.reasons.first?.contains(words.text) ?? false)
    }

    @Test(
        "is the same 5xx although it names the request, the time and what it counted",
        arguments: [
            "request %x: literal is too long",
            "2026-11-21T10:00:%s.%sZ conflict (trace 4bf92f3577b34da6a3ce929d%x)",
            #"{"requestId": "3f2504e0-4f89-11d3-9a0c-0305e8%x", "took": "1.%sms", "error": "conflict"}"#,
            "%s of 2000 literals are too long, attempt %s",
        ])
    func numbered(text: String) async throws {
        let backend = ScriptedBackend { number, series in
            let users = series.compactMap { $0[.userLogin] }
            guard users.contains("7") else { return HTTPClientResponse(204) }
            return HTTPClientResponse(
                500,
                text.replacing("%x", with: String(0xA0_0000 + number * 7, radix: 16))
                    .replacing("%s", with: "\(number * number)"))
        }
        let delivery = try await RemoteWriteSink(backend).write(users(1_000))
        #expect(delivery.accepted == 999)
        #expect(delivery.rejected == 1)
    }

    @Test(
        "is another 5xx if its words are different, or has none",
        arguments: [["starting", "replaying"], ["4711", "4712"], ["", ""]])
    func otherWords(words: [String]) async throws {
        let backend = ScriptedBackend { number, _ in HTTPClientResponse(500, words[number % 2]) }
        let failure = await #expect(throws: Failure.self) {
            _ = try await RemoteWriteSink(backend).write(users(8))
        }
        #expect(failure?.code == .unavailable)
        #expect(backend.received.allSatisfy { $0.series.count == 8 })
    }

    @Test(
        "is an outage if no part is accepted, and nothing is given up",
        arguments: [1, 2, 1_000], [500, 503])
    func outage(count: Int, status: Int) async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(status, "no healthy upstream") }
        let failure = await #expect(throws: Failure.self) {
            _ = try await RemoteWriteSink(backend).write(users(count))
        }
        #expect(failure?.code == .unavailable)
        #expect(backend.received.count <= 32)
    }

    @Test("is an outage if it names a wait, or comes from a gateway", arguments: [502, 503, 504])
    func named(status: Int) async throws {
        let fields = status == 503 ? ["retry-after": "1"] : [:]
        let backend = ScriptedBackend { _, _ in
            HTTPClientResponse(status, "unavailable", fields: fields)
        }
        let failure = await #expect(throws: Failure.self) {
            _ = try await RemoteWriteSink(backend).write(users(8))
        }
        #expect(failure?.code == .unavailable)
        #expect(backend.received.allSatisfy { $0.series.count == 8 })
    }

    @Test(
        "is a page of a proxy that says the samples have arrived",
        arguments: [
            (200, ["content-type": "text/html; charset=utf-8"], "<p>Blocked</p>"),
            (200, [:], "\n<!DOCTYPE html><html></html>"), (204, [:], "<html>"),
        ])
    func page(status: Int, fields: [String: String], text: String) async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(status, text, fields: fields) }
        let failure = await #expect(throws: Failure.self) {
            _ = try await RemoteWriteSink(backend).write(users(50))
        }
        #expect(failure?.code == .unavailable)
        #expect(failure?.message.contains("did not arrive") == true)
        #expect(backend.received.allSatisfy { $0.series.count == 50 })
        // A backend may say that nothing is a page, or answer in its own words.
        for (type, text) in [("text/html", ""), ("text/html", "{}"), ("text/plain", "ok")] {
            let delivery = try await RemoteWriteSink(
                ScriptedBackend { _, _ in
                    HTTPClientResponse(200, text, fields: ["content-type": type])
                }
            ).write(users(50))
            #expect(delivery == Delivery(accepted: 50))
        }
    }

    @Test("is a proxy's: nothing is halved", arguments: [(407, "HTTPS_PROXY"), (511, "sign in")])
    func proxy(status: Int, word: String) async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(status, "<p>sign in</p>") }
        let failure = await #expect(throws: Failure.self) {
            _ = try await RemoteWriteSink(backend).write(users(50))
        }
        #expect(failure?.message.contains(word) == true, "\(failure?.message ?? "")")
        #expect(backend.received.allSatisfy { $0.series.count == 50 })
    }

    @Test("ends an outage that passes while parts are tried")
    func passing() async throws {
        let backend = ScriptedBackend { number, _ in
            HTTPClientResponse(number < 5 ? 503 : 204, "starting")
        }
        let delivery = try await RemoteWriteSink(backend).write(users(100))
        #expect(delivery == Delivery(accepted: 100))
    }
}
