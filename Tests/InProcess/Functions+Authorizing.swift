public import Deployment
public import Domain
import FunctionInterface
public import GitHubSimulator
import Ports
import Toolbox

extension Functions {
    /// Connects as a person would, whose browser accepts whatever the simulated GitHub asks.
    ///
    /// - Parameter github: The GitHub that the functions are made for.
    /// - Throws: What a function or GitHub throws, or `invalidAuthorization` if nothing was connected.
    public func authorize(at github: SimulatedGitHub) async throws(Failure) {
        let begun = try Self.reply(try await self[.onAuthorize](Array("{}".utf8)))
        let consent = try await github.directTransport().send(
            HTTPClientRequest("GET", try Self.header("location", of: begun)))
        let query = Form((consent.fields["location"] ?? "").drop { $0 != "?" }.dropFirst())
        let cookie = try Self.header("set-cookie", of: begun).prefix { $0 != ";" }
        let event = JSONValue.object([
            "query": .object(query.first.mapValues { .string($0) }),
            "headers": .object(["cookie": .string(String(cookie))]),
        ])
        let done = try Self.reply(try await self[.onAuthorizeCallback](JSON.encode(event)))
        guard done["status"] == .integer(200) else {
            throw Failure(.invalidAuthorization, "nothing was connected: \(done)")
        }
    }

    private static func header(_ name: String, of reply: JSONValue) throws(Failure) -> String {
        guard let value = reply["headers"]?[name]?.text else {
            throw Failure(.invalidAuthorization, "the answer has no \(name): \(reply)")
        }
        return value
    }

    private static func reply(_ bytes: [UInt8]) throws(Failure) -> JSONValue {
        try JSON.decode(JSONValue.self, from: bytes, at: "an answer")
    }
}
