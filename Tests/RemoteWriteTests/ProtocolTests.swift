import Domain
import Fakes
import InMemory
import Ports
import TestSupport
import Testing
import Toolbox

@testable import RemoteWrite

@Suite("Remote write", .timeLimit(.minutes(5)))
struct ProtocolTests {
    @Test("sends the headers of the specification and those of the user")
    func request() async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(200) }
        let sink = try RemoteWriteSink(backend) {
            $0.authorization = .basic(username: "ada", password: Secret("hunter2"))
            $0.headers = ["x-scope-orgid": Secret("acme"), "content-type": Secret("text/plain")]
        }
        #expect(try await sink.write(users(3)) == Delivery(accepted: 3))
        let request = try #require(backend.received.first).request
        #expect(backend.received.count == 1)
        #expect(request.method == "POST")
        #expect(request.url == "https://backend.example/api/v1/write")
        #expect(
            request.fields == [
                "content-encoding": "snappy", "content-type": "application/x-protobuf",
                "user-agent": ProductVersion.userAgent,
                "x-prometheus-remote-write-version": "0.1.0",
            ])
        #expect(
            request.secretFields.mapValues { $0.reveal { $0 } } == [
                "x-scope-orgid": "acme", "authorization": "Basic YWRhOmh1bnRlcjI=",
            ])
    }

    @Test("sends a bearer token")
    func bearer() async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(204) }
        let sink = try RemoteWriteSink(backend) { $0.authorization = .bearer(Secret("hunter2")) }
        _ = try await sink.write(users(1))
        let field = try #require(backend.received.first?.request.secretFields["authorization"])
        #expect(field.reveal { $0 } == "Bearer hunter2")
    }

    @Test("sends no request without samples")
    func nothing() async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(500) }
        #expect(try await RemoteWriteSink(backend).write(users(0)) == Delivery(accepted: 0))
        #expect(backend.received.isEmpty)
    }

    @Test("sends each series once, in requests of a limited size", arguments: [1, 7, 100, 2_000])
    func batches(seriesPerRequest: Int) async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(200) }
        let sink = try RemoteWriteSink(backend) { $0.limits.seriesPerRequest = seriesPerRequest }
        let batches = Array(repeating: users(100), count: 3)
        #expect(
            try await sink.write(batches, for: .acme(.users)) == Delivery(accepted: 300))
        #expect(backend.received.count == (300 + seriesPerRequest - 1) / seriesPerRequest)
        #expect(backend.received.allSatisfy { $0.series.count <= seriesPerRequest })
        let sent = backend.values(of: .userLogin).compactMap(Int.init).sorted()
        #expect(sent == (0..<300).map { $0 / 3 })
    }

    @Test(
        "retries what may succeed later",
        arguments: [
            HTTPClientResponse(500), HTTPClientResponse(502), HTTPClientResponse(503, "overloaded"),
            HTTPClientResponse(429),
        ])
    func retries(reply: HTTPClientResponse) async throws {
        let time = ManualTime()
        let backend = ScriptedBackend { number, _ in number < 3 ? reply : HTTPClientResponse(200) }
        let sink = try RemoteWriteSink(backend, time: time)
        #expect(try await sink.write(users(2)) == Delivery(accepted: 2))
        #expect(backend.received.count == 4)
        #expect(Set(backend.received.map(\.request.body)).count == 1)
        let ceilings: [Duration] = [.milliseconds(250), .milliseconds(500), .seconds(1)]
        for (wait, ceiling) in zip(time.sleeps, ceilings) { #expect(wait <= ceiling) }
        #expect(time.sleeps.count == 3 && Set(time.sleeps).count == 3)
    }

    @Test(
        "retries when there is no response",
        arguments: [Failure.Code.timedOut, Failure.Code.unavailable])
    func noReply(code: Failure.Code) async throws {
        let backend = ScriptedBackend { number, _ throws(Failure) in
            guard number > 0 else { throw Failure(code, "no reply") }
            return HTTPClientResponse(200)
        }
        #expect(try await RemoteWriteSink(backend).write(users(1)) == Delivery(accepted: 1))
    }

    @Test(
        "gives up after five attempts, and quotes the backend",
        arguments: [(503, Failure.Code.unavailable), (429, Failure.Code.rateLimited)])
    func givesUp(status: Int, code: Failure.Code) async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(status, "come back\nlater") }
        let sink = try RemoteWriteSink(backend)
        let failure = await #expect(throws: Failure.self) { try await sink.write(users(1)) }
        #expect(failure?.code == code)
        #expect(
            failure?.message == "backend.example/api/v1/write returned \(status): come back later")
        #expect(backend.received.count == 5)
    }

    @Test(
        "waits as long as the backend asks, and leaves a long wait to the caller",
        arguments: [
            ("7", Duration.seconds(7), true), ("Sun, 06 Nov 1994 08:49:09 GMT", .seconds(9), true),
            ("3600", .seconds(3_600), false),
        ])
    func retryAfter(field: String, wait: Duration, isShort: Bool) async throws {
        let time = ManualTime()
        let backend = ScriptedBackend { number, _ in
            number > 0
                ? HTTPClientResponse(200) : HTTPClientResponse(429, fields: ["retry-after": field])
        }
        let sink = try RemoteWriteSink(backend, time: time)
        if isShort {
            #expect(try await sink.write(users(1)) == Delivery(accepted: 1))
            #expect(time.sleeps == [wait])
        } else {
            let failure = await #expect(throws: Failure.self) { try await sink.write(users(1)) }
            #expect(failure?.code == .rateLimited && failure?.delay == wait)
            #expect(time.sleeps.isEmpty && backend.received.count == 1)
        }
    }

    @Test("stops retrying when the time for it is over")
    func retryTime() async throws {
        let time = ManualTime()
        let backend = ScriptedBackend { _, _ in
            HTTPClientResponse(503, fields: ["retry-after": "10"])
        }
        let sink = try RemoteWriteSink(backend, time: time) {
            $0.limits.attemptsMax = 1_000
            $0.limits.retryTimeMax = .seconds(25)
        }
        let failure = await #expect(throws: Failure.self) { try await sink.write(users(1)) }
        #expect(failure?.code == .unavailable && failure?.delay == .seconds(10))
        #expect(time.sleeps.count == 2)
    }

    @Test(
        "names the variable to correct",
        arguments: [
            (401, Failure.Code.unauthorized, "REMOTE_WRITE_BEARER_TOKEN"),
            (403, .unauthorized, "REMOTE_WRITE_BEARER_TOKEN"),
            (404, .misconfigured, "/api/v1/write"), (405, .misconfigured, "METRICS_SINK"),
            (302, .misconfigured, "METRICS_SINK"),
        ])
    func settings(status: Int, code: Failure.Code, hint: String) async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(status) }
        let sink = try RemoteWriteSink(backend) { $0.authorization = .bearer(Secret("hunter2")) }
        let failure = await #expect(throws: Failure.self) { try await sink.write(users(1)) }
        #expect(failure?.code == code)
        #expect(failure?.message.contains(hint) == true)
        #expect(backend.received.count == 1)
    }

    @Test("repeats no secrets and personal data that the backend quotes")
    func secrets() async throws {
        let said =
            #"Basic YWRhOmh1bnRlcjI= hunter2 tenant-key for <ada@example.com> in "#
            + #"{user_email="ada@example.com",user_name="Ada, \"Countess\"",user_login="ada"}"#
        for status in [400, 401, 404, 503] {
            let backend = ScriptedBackend { _, _ in HTTPClientResponse(status, said) }
            let sink = try RemoteWriteSink(backend, url: "https://backend.example/write?key=kkk") {
                $0.authorization = .basic(username: "ada", password: Secret("hunter2"))
                $0.headers = ["x-key": Secret("tenant-key")]
            }
            var text = ""
            do throws(Failure) {
                text = try await sink.write(users(1)).reasons.joined()
            } catch {
                text = error.message
            }
            #expect(text.contains("\(status)") && text.contains(#"user_login="ada""#))
            for secret in ["hunter2", "YWRh", "tenant-key", "kkk", "example.com", "Ada,"] {
                #expect(!text.contains(secret), "\(secret) is in: \(text)")
            }
        }
    }

    @Test("hides a short header value only where it is a whole word")
    func shortSecrets() async throws {
        let backend = ScriptedBackend { _, _ in
            HTTPClientResponse(500, "tenant 1 (1): too old sample of 2001, a1b at -1")
        }
        let sink = try RemoteWriteSink(backend) {
            $0.headers = ["x-scope-orgid": Secret("1"), "x-letter": Secret("o")]
        }
        let delivery = try await sink.write(users(1))
        #expect(delivery.rejected == 1)
        let reason = try #require(delivery.reasons.first)
        #expect(
            reason.contains(
                "tenant <secret> (<secret>): too old sample of 2001, a1b at -<secret>"))
    }

    @Test("cleans a long word without an address in linear time")
    func longWord() {
        let word = String(repeating: "a.", count: 1 << 18)
        let duration = ContinuousClock().measure {
            #expect(BackendMessage.text(Array(word.utf8), without: []).hasPrefix("a.a."))
        }
        // Quadratic time would be hours.
        #expect(duration < .seconds(60))
    }

    @Test("ends a request before the deadline, and sends none after it")
    func deadline() async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(200) }
        let sink = try RemoteWriteSink(backend)
        let now = Timestamp(seconds: 784_111_740)
        for (left, expected) in [(3_600.0, 30.0), (17, 12), (5, nil)] as [(Double, Double?)] {
            let received = backend.received.count
            let write = { () async throws(Failure) in
                try await Deadline.meeting(now.advanced(by: .seconds(left))) {
                    () async throws(Failure) in try await sink.write(users(1))
                }
            }
            if let expected {
                #expect(try await write() == Delivery(accepted: 1))
                #expect(backend.received.last?.request.timeout == .seconds(expected))
            } else {
                let failure = await #expect(throws: Failure.self) { _ = try await write() }
                #expect(failure?.code == .timedOut)
                #expect(backend.received.count == received)
            }
        }
    }

    @Test("quotes a backend in one short line")
    func quotation() async throws {
        let said = "bad\r\n\u{1B}[31m\u{0}red  text " + String(repeating: "é", count: 100_000)
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(400, said) }
        let reason = try #require(try await RemoteWriteSink(backend).write(users(1)).reasons.first)
        #expect(reason.hasPrefix("1 series rejected, 400: bad [31m red text éé"))
        #expect(reason.utf8.count < 1_000)
        #expect(reason.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }

    @Test("fills the next request while a limited number is in flight")
    func atOnce() async throws {
        let backend = HoldingBackend()
        var settings = try RemoteWriteSettings(url: "https://backend.example/api/v1/write")
        settings.limits.seriesPerRequest = 10
        settings.limits.requestsAtOnce = 3
        let sink = RemoteWriteSink(settings, backend)
        let delivery = try await sink.withWriter(for: .acme(.users)) { writer throws(Failure) in
            // Three requests are full and the backend has not responded. The writer returns anyway.
            try await writer.write(users(39))
            await backend.waitForRequests(3)
            #expect(backend.largestCount == 3)
            async let rest: Void = writer.write(users(200))
            backend.answerFromNowOn()
            do {
                try await rest
            } catch {
                throw error as? Failure ?? Failure(.unavailable, "\(error)")
            }
        }
        #expect(delivery == Delivery(accepted: 239))
        #expect(backend.largestCount == 3)
    }

    @Test("cancels the other requests when one fails for good")
    func others() async throws {
        let backend = HoldingBackend(failing: Failure(.unauthorized, "no"))
        var settings = try RemoteWriteSettings(url: "https://backend.example/api/v1/write")
        settings.limits.seriesPerRequest = 10
        let sink = RemoteWriteSink(settings, backend)
        let failure = await #expect(throws: Failure.self) {
            try await sink.withWriter(for: .acme(.users)) { writer throws(Failure) in
                do throws(Failure) {
                    try await writer.write(users(50))
                } catch {
                    // At once: the caller may go on, for example with another sink.
                    #expect(backend.count == 0)
                    throw error
                }
            }
        }
        #expect(failure?.code == .unauthorized)
    }

    @Test("leaves no request in flight when reading stops", arguments: [true, false])
    func nothingOutlivesTheWriter(isCancelled: Bool) async throws {
        let backend = HoldingBackend()
        var settings = try RemoteWriteSettings(url: "https://backend.example/api/v1/write")
        settings.limits.seriesPerRequest = 10
        settings.limits.requestsAtOnce = 3
        let sink = RemoteWriteSink(settings, backend)
        let writing = Task {
            try await sink.withWriter(for: .acme(.users)) { writer throws(Failure) in
                try await writer.write(users(39))
                while backend.count < 3 { await Task.yield() }
                // A download stalls until the task is cancelled, or breaks off.
                if isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
                throw Failure(.unavailable, "the download broke off")
            }
        }
        await backend.waitForRequests(3)
        if isCancelled { writing.cancel() }
        _ = await writing.result
        #expect(backend.count == 0)
    }

    @Test("stops when its task is cancelled")
    func cancelled() async throws {
        let backend = ScriptedBackend { _, _ throws(Failure) in throw Failure(.cancelled, "gone") }
        let sink = try RemoteWriteSink(backend)
        let failure = await #expect(throws: Failure.self) { try await sink.write(users(1)) }
        #expect(failure?.code == .cancelled)
        #expect(backend.received.count == 1)
    }
}

@Suite("Remote write to Coralogix", .timeLimit(.minutes(5)))
struct CoralogixTests {
    static func sink(_ backend: ScriptedBackend) throws -> RemoteWriteSink {
        try RemoteWriteSink(.coralogix(domain: "EU2", apiKey: Secret("hunter2")), backend)
    }

    @Test("tags each series with application and subsystem")
    func tags() async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(201) }
        #expect(try await Self.sink(backend).write(users(2)) == Delivery(accepted: 2))
        for series in backend.received.flatMap(\.series) {
            let labels = series.labels.map { "\($0.name)=\($0.value)" }
            #expect(
                labels.dropLast() == [
                    "__name__=\(OneSeries.name)", "cx_application_name=copilot",
                    "cx_subsystem_name=tests", "organization=acme",
                ])
        }
        let request = try #require(backend.received.first).request
        #expect(request.secretFields["authorization"]?.reveal { $0 } == "Bearer hunter2")
        #expect(
            request.url.hasPrefix("https://ingress.eu2.coralogix.com/prometheus/v1?appLabelName="))
    }

    @Test("omits an absent subsystem")
    func noSubsystem() async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(201) }
        var scope = SampleScope.acme(.users)
        scope.tags.subsystem = nil
        _ = try await Self.sink(backend).write(users(1, scope: scope))
        let names = backend.received.flatMap(\.series).flatMap(\.labels).map(\.name)
        #expect(names == ["__name__", "cx_application_name", "organization", "user_login"])
    }

    @Test("treats a 204 as a failure")
    func emptyRequest() async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(204) }
        let failure = await #expect(throws: Failure.self) {
            try await Self.sink(backend).write(users(1))
        }
        #expect(failure?.code == .malformedReply)
        #expect(backend.received.count == 1)
    }

    @Test("does not send a series that Coralogix would silently drop")
    func longLabel() async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(201) }
        var batch = users(1)
        for count in [512, 513] {
            batch.add(OneSeries.name, 1, [.userLogin: String(repeating: "x", count: count)])
        }
        let delivery = try await Self.sink(backend).write(batch)
        #expect(delivery.accepted == 2 && delivery.rejected == 1)
        #expect(delivery.reasons.first?.contains("512 bytes") == true)
        #expect(backend.values(of: .userLogin).map(\.count) == [1, 512])
    }

    @Test("refuses tags that are too long before anything is sent")
    func longTag() async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(201) }
        var scope = SampleScope.acme(.users)
        scope.tags.application = String(repeating: "x", count: 513)
        let failure = await #expect(throws: Failure.self) {
            try await Self.sink(backend).write([], for: scope)
        }
        #expect(failure?.code == .misconfigured)
    }

    @Test("names the kind of key that is needed")
    func key() async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(401) }
        let failure = await #expect(throws: Failure.self) {
            try await Self.sink(backend).write(users(1))
        }
        #expect(failure?.message.contains("CORALOGIX_API_KEY") == true)
    }
}
