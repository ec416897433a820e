import Domain
public import Ports
import Synchronization

extension SimulatedGitHub {
    /// Where it is without sockets: addresses that nobody listens at.
    public static let directAddresses = Addresses(
        api: "http://127.0.0.1:1", reports: "http://127.0.0.1:2")

    /// A way to ask it without sockets, at ``directAddresses``: for months that pass in a second.
    public func directTransport() -> some HTTPTransport {
        addresses.withLock { $0 = Self.directAddresses }
        return DirectTransport(github: self)
    }
}

/// Hands requests to the simulated GitHub in the same process.
private struct DirectTransport: HTTPTransport {
    let github: SimulatedGitHub

    func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        let answer = github.answer(try call(request))
        guard let interruption = answer.interruption else {
            return HTTPClientResponse(
                status: answer.status, fields: answer.fields, bytes: answer.body)
        }
        // Without sockets time does not pass: the wait is over as soon as it begins.
        let ending =
            interruption.isSilent
            ? Failure(.timedOut, "not a byte came") : Failure(.unavailable, "the connection broke")
        guard let count = interruption.byteCount else { throw ending }
        let start = Mutex<[UInt8]?>(Array(answer.body.prefix(count)))
        let body = HTTPBody { () throws(Failure) in
            let bytes = start.withLock { $0.take() }
            guard let bytes else { throw ending }
            return bytes
        }
        return HTTPClientResponse(status: answer.status, fields: answer.fields, body: body)
    }

    private func call(_ request: HTTPClientRequest) throws(Failure) -> Call {
        let addresses = SimulatedGitHub.directAddresses
        for (base, role) in [(addresses.api, Call.Role.api), (addresses.reports, .reportHost)]
        where request.url.hasPrefix("\(base)/") {
            let secrets = request.secretFields.mapValues { secret in secret.reveal { $0 } }
            return Call(
                role: role, method: request.method,
                target: String(request.url.dropFirst(base.count)),
                fields: request.fields.merging(secrets) { $1 }, body: request.body,
                moment: github.now)
        }
        throw Failure(.unavailable, "nobody listens there")
    }
}
