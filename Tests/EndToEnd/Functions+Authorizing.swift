import Deployment
import Domain
import FunctionInterface
import GitHubSimulator
import Host
import Ports
import TestSupport
import Testing
import Toolbox

extension Functions {
    /// Connects as a person would, whose browser accepts whatever the simulated GitHub asks.
    ///
    /// - Parameter github: The GitHub that the functions are made for.
    /// - Throws: What a function or GitHub throws, and where an answer is not what a browser needs.
    func authorize(at github: SimulatedGitHub) async throws {
        let begun = try Self.reply(try await self[.onAuthorize](Array("{}".utf8)))
        let consent = try await github.directTransport().send(
            HTTPClientRequest("GET", try #require(begun["headers"]?["location"]?.text)))
        let back = Stage.query(try #require(consent.fields["location"]))
        let cookie = try #require(begun["headers"]?["set-cookie"]?.text).prefix { $0 != ";" }
        let event = JSONValue.object([
            "query": .object(back), "headers": .object(["cookie": .string(String(cookie))]),
        ])
        let done = try Self.reply(try await self[.onAuthorizeCallback](JSON.encode(event)))
        #expect(done["status"] == .integer(200), "\(done)")
    }

    private static func reply(_ bytes: [UInt8]) throws(Failure) -> JSONValue {
        try JSON.decode(JSONValue.self, from: bytes, at: "an answer")
    }
}
