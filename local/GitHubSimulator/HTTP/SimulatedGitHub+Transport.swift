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
    /// Whether the body differs from the checksum that is sent with it.
    fileprivate var isDamaged: Bool {
        fields["content-md5"].map { $0 != ContentMD5.field(for: body) } ?? false
    }
}

/// Passes requests to the simulated GitHub in the same process.
private struct DirectTransport: HTTPTransport {
    let github: SimulatedGitHub

    func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        let response = github.response(to: try simulated(request))
        guard let interruption = response.interruption else {
            guard response.isDamaged else {
                return HTTPClientResponse(
                    status: response.status, fields: response.fields, bytes: response.body)
            }
            // Like any transport, it compares the body with its checksum at the end.
            let rest = Mutex<[UInt8]?>(response.body)
            let body = HTTPBody { () throws(Failure) in
                guard let bytes = rest.withLock({ $0.take() }) else {
                    throw Failure(.unavailable, "the file differs from its checksum")
                }
                return bytes
            }
            return HTTPClientResponse(
                status: response.status, fields: response.fields, body: body)
        }
        // Without sockets no time passes, so a silent connection times out at once.
        let ending =
            interruption.isSilent
            ? Failure(.timedOut, "the connection stayed silent")
            : Failure(.unavailable, "the connection broke")
        guard let count = interruption.byteCount else { throw ending }
        let start = Mutex<[UInt8]?>(Array(response.body.prefix(count)))
        let body = HTTPBody { () throws(Failure) in
            let bytes = start.withLock { $0.take() }
            guard let bytes else { throw ending }
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
