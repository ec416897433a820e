import ContentMD5
import Domain
public import Ports
import Synchronization

extension SimulatedGitHub {
    /// The addresses of ``directTransport()``, on which nothing listens.
    public static let directAddresses = SimulatorAddresses(
        api: "http://127.0.0.1:1", reports: "http://127.0.0.1:2")

    /// A transport that reaches the simulator at ``directAddresses`` without sockets, so that a test
    /// can simulate a month in a second.
    public func directTransport() -> some HTTPTransport {
        addresses.withLock { $0 = Self.directAddresses }
        return DirectTransport(github: self)
    }
}

extension SimulatedResponse {
    /// How the response fails, after how many bytes of its body, or before its head; nil if it is whole.
    fileprivate var ending: (byteCount: Int?, failure: Failure)? {
        if let interruption {
            // Without sockets no time passes, so a silent connection times out at once.
            let failure =
                interruption.isSilent
                ? Failure(.timedOut, "the connection stayed silent")
                : Failure(.unavailable, "the connection broke")
            return (interruption.byteCount, failure)
        }
        // Like any transport, it compares the body with its checksum at the end.
        guard isDamaged, let sum = fields["content-md5"], sum != ContentMD5.field(for: body) else {
            return nil
        }
        return (body.count, Failure(.unavailable, "the file differs from its checksum"))
    }
}

/// Passes requests to the simulated GitHub in the same process.
private struct DirectTransport: HTTPTransport {
    let github: SimulatedGitHub

    func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        let response = github.response(to: try simulated(request))
        guard let ending = response.ending else {
            return HTTPClientResponse(
                status: response.status, fields: response.fields, bytes: response.body)
        }
        guard let count = ending.byteCount else { throw ending.failure }
        let start = Mutex<[UInt8]?>(Array(response.body.prefix(count)))
        let body = HTTPBody { () throws(Failure) in
            let bytes = start.withLock { $0.take() }
            guard let bytes else { throw ending.failure }
            return bytes
        }
        return HTTPClientResponse(status: response.status, fields: response.fields, body: body)
    }

    private func simulated(_ request: HTTPClientRequest) throws(Failure) -> SimulatedRequest {
        let addresses = SimulatedGitHub.directAddresses
        for (base, role) in [
            (addresses.api, SimulatedRequest.Role.api), (addresses.reports, .reportHost),
        ]
        where request.url.hasPrefix("\(base)/") {
            let secrets = request.secretFields.mapValues { secret in secret.reveal { $0 } }
            return SimulatedRequest(
                role: role, method: request.method,
                target: String(request.url.dropFirst(base.count)),
                fields: request.fields.merging(secrets) { $1 }, body: request.body,
                moment: github.now)
        }
        throw Failure(.unavailable, "no simulated host has this address")
    }
}
