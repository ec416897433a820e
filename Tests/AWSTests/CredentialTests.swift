import AWS
import CurlHTTP
import Domain
import Fakes
import InMemory
import Ports
import Synchronization
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("AWS credentials", .timeLimit(.minutes(2)))
struct CredentialTests {
    private static func key(_ number: Int, until expiry: Timestamp? = nil) -> String {
        let end = expiry.map { #","Expiration":"\#($0)""# } ?? ""
        return #"""
            {"Code":"Success","AccessKeyId":"ASIA\#(number)","SecretAccessKey":"s\#(number)",
             "Token":"t\#(number)"\#(end)}
            """#
    }

    private static func reply(_ text: String, _ status: Int = 200) -> [LoopbackServer.Step] {
        [.reply(status, [:], Array(text.utf8))]
    }

    @Test("come from the variables first")
    func variables() async throws {
        var settings = AWSSettings.keyed()
        settings.sessionToken = Secret("lent")
        settings.containerURL = "https://nowhere.invalid"
        let source = AWSCredentialSource(
            settings, transport: ScriptedTransport.unexpected, clock: ManualClock(noon))
        let key = try await source.current()
        #expect(key.keyID == "AKIDEXAMPLE")
        #expect(key.sessionToken?.reveal { $0 } == "lent")
    }

    @Test("come from a container's endpoint, and are renewed before they expire")
    func container() async throws {
        let clock = ManualClock(noon)
        let count = Mutex(0)
        let server: @Sendable (LoopbackServer.Request) -> [LoopbackServer.Step] = { request in
            guard request.fields["authorization"] == "Bearer of the file" else {
                return Self.reply("{}", 401)
            }
            let number = count.withLock { count in
                count += 1
                return count
            }
            return Self.reply(Self.key(number, until: clock.now().advanced(by: .seconds(3_600))))
        }
        try await withTemporaryFolder { folder in
            let file = "\(folder)/token"
            try Data("Bearer of the file\n".utf8).write(to: URL(filePath: file))
            try await withLoopbackServer(server) { server in
                var settings = AWSSettings()
                settings.containerURL = "\(server.url)/v1/credentials?for=me"
                settings.containerTokenFile = file
                settings.containerToken = Secret("of the variable")
                let source = AWSCredentialSource(
                    settings, transport: CurlTransport(), clock: clock)
                // Concurrent callers send one request.
                await withTaskGroup(of: String?.self) { group in
                    for _ in 0..<8 { group.addTask { try? await source.current().keyID } }
                    for await id in group { #expect(id == "ASIA1") }
                }
                clock.advance(by: .seconds(3_299))
                #expect(try await source.current().keyID == "ASIA1")
                clock.advance(by: .seconds(1))
                let second = try await source.current()
                #expect(second.keyID == "ASIA2")
                #expect(second.sessionToken?.reveal { $0 } == "t2")
                #expect(
                    server.requests.map(\.target) == [
                        "/v1/credentials?for=me", "/v1/credentials?for=me",
                    ])
            }
        }
    }

    @Test("that have not expired are used if they cannot be renewed")
    func outage() async throws {
        let clock = ManualClock(noon)
        let end = noon.advanced(by: .seconds(600))
        let transport = Answers([
            (200, [:], Self.key(1, until: end)), (500, [:], ""), (500, [:], ""),
        ])
        var settings = AWSSettings()
        settings.containerURL = "http://127.0.0.1:1/"
        let source = AWSCredentialSource(settings, transport: transport, clock: clock)
        #expect(try await source.current().keyID == "ASIA1")
        clock.advance(by: .seconds(599))
        #expect(try await source.current().keyID == "ASIA1")
        clock.advance(by: .seconds(1))
        await expectFailure(.unavailable) { _ = try await source.current() }
    }

    @Test("come from the instance metadata with version 2 of its protocol")
    func machine() async throws {
        let server: @Sendable (LoopbackServer.Request) -> [LoopbackServer.Step] = { request in
            let list = "/latest/meta-data/iam/security-credentials/"
            let isKnown = request.fields["x-aws-ec2-metadata-token"] == "session"
            switch (request.method, request.target) {
            case ("PUT", "/latest/api/token"):
                #expect(request.fields["x-aws-ec2-metadata-token-ttl-seconds"] == "21600")
                return Self.reply("session")
            case ("GET", list) where isKnown: return Self.reply("the-role\n")
            case ("GET", "\(list)the-role") where isKnown: return Self.reply(Self.key(7))
            default: return Self.reply("", 401)
            }
        }
        try await withLoopbackServer(server) { server in
            var settings = AWSSettings()
            settings.metadataEndpoint = "\(server.url)/"
            let source = AWSCredentialSource(
                settings, transport: CurlTransport(), clock: ManualClock(noon))
            let key = try await source.current()
            #expect(key.keyID == "ASIA7")
            #expect(server.requests.count == 3)
        }
    }

    @Test("that are missing or refused are reported with what to do")
    func complaints() async throws {
        func complaint(
            _ code: Failure.Code, _ answers: [(Int, [String: String], String)] = [],
            _ change: (inout AWSSettings) -> Void
        ) async -> String {
            var settings = AWSSettings()
            change(&settings)
            let source = AWSCredentialSource(
                settings, transport: Answers(answers), clock: ManualClock(noon))
            return await expectFailure(code) { _ = try await source.current() }?.message ?? ""
        }
        #expect(
            await complaint(.misconfigured) { $0.isMetadataDisabled = true }
                .contains("set AWS_ACCESS_KEY_ID"))
        #expect(await complaint(.misconfigured) { _ in }.contains("set AWS_ACCESS_KEY_ID"))
        #expect(
            await complaint(.misconfigured) { $0.keyID = "A" }
                .contains("AWS_SECRET_ACCESS_KEY is not"))
        // The token must only be sent to trusted hosts.
        for url in ["http://example.com/", "http://127.0.0.1.example.com/", "ftp://x"] {
            #expect(
                await complaint(.misconfigured) { $0.containerURL = url }
                    .contains("AWS_CONTAINER_CREDENTIALS_FULL_URI must be an https"))
        }
        #expect(
            await complaint(.misconfigured) {
                $0.containerPath = "/role"
                $0.containerTokenFile = "/nowhere/token"
            }.contains("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"))
        #expect(
            await complaint(.misconfigured, [(403, [:], "no")]) { $0.containerPath = "/role" }
                .contains("responded with status 403"))
        #expect(
            await complaint(
                .malformedReply, [(200, [:], #"{"Code":"AssumeRoleUnauthorizedAccess"}"#)]
            ) {
                $0.containerPath = "/role"
            }.contains("AssumeRoleUnauthorizedAccess"))
    }

    @Test("come from the host of Amazon ECS if only a path is set")
    func relative() async throws {
        let transport = Answers([(200, [:], Self.key(1))])
        var settings = AWSSettings()
        settings.containerPath = "/v2/credentials/x"
        settings.containerToken = Secret("shown")
        let source = AWSCredentialSource(
            settings, transport: transport, clock: ManualClock(noon))
        _ = try await source.current()
        #expect(transport.asked.map(\.url) == ["http://169.254.170.2/v2/credentials/x"])
        #expect(transport.asked[0].secretFields["authorization"]?.reveal { $0 } == "shown")
    }
}
