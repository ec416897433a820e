import Toolbox
public import Domain
public import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Calls of one AWS service: `POST /` with JSON, signed by the transport.
///
/// What may pass is tried again a few times, within seconds; a caller who waits longer than that has
/// a schedule of its own.
public struct AWSClient: Sendable {
    /// How often one call is sent at most.
    static let attemptCountMax = 4

    private static let backoff = Backoff(first: .milliseconds(200), most: .milliseconds(800))

    private let service: AWSService
    private let url: String
    private let region: String
    private let credentials: AWSCredentialSource
    private let transport: any HTTPTransport
    private let time: any Clock<Duration>
    private let entropy: any Entropy

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - service: Whom to call.
    ///   - settings: Where it is.
    ///   - credentials: Who calls.
    ///   - transport: Signs and sends.
    ///   - time: Paces attempts.
    ///   - entropy: Spreads attempts of many callers.
    /// - Throws: `misconfigured` if there is no region.
    public init(
        _ service: AWSService, settings: AWSSettings, credentials: AWSCredentialSource,
        transport: any HTTPTransport, time: any Clock<Duration>, entropy: any Entropy
    ) throws(Failure) {
        self.service = service
        (url, region) = try settings.endpoint(of: service)
        self.credentials = credentials
        self.transport = transport
        self.time = time
        self.entropy = entropy
    }

    /// Calls.
    ///
    /// - Parameters:
    ///   - action: The action, such as `GetItem`.
    ///   - input: What it takes.
    ///   - wait: How long the service itself may take its time.
    /// - Returns: What it gives; an empty object for nothing.
    /// - Throws: Why not, after the last attempt.
    public func call(
        _ action: String, _ input: [String: JSONValue], waiting wait: Duration = .zero
    ) async throws(AWSFault) -> JSONValue {
        let body = JSON.encode(JSONValue.object(input))
        var attempt = 1
        while true {
            do throws(AWSFault) {
                return try await send(action, body, wait)
            } catch {
                guard attempt < Self.attemptCountMax, let pause = self.pause(after: error, attempt)
                else { throw error }
                guard (try? await time.sleep(for: pause)) != nil else {
                    throw AWSFault(
                        Failure(.cancelled, "\(service.rawValue):\(action) was given up"))
                }
                attempt += 1
            }
        }
    }

    /// How long to wait before the next attempt; nil if none is worth it.
    private func pause(after fault: AWSFault, _ attempt: Int) -> Duration? {
        switch fault.failure.code {
        // The next attempt is signed by a fresh key.
        case .unauthorized: return attempt == 1 ? .zero : nil
        case .rateLimited, .unavailable, .timedOut:
            return Self.backoff.wait(after: attempt, entropy)
        default: return nil
        }
    }

    private func send(
        _ action: String, _ body: [UInt8], _ wait: Duration
    ) async throws(AWSFault) -> JSONValue {
        let key: AWSCredentials
        let reply: HTTPClientResponse
        let bytes: [UInt8]
        do throws(Failure) {
            key = try await credentials.current()
            reply = try await transport.send(request(action, body, wait, key))
            bytes = try await reply.body.bytes()
        } catch {
            throw AWSFault(error)
        }
        guard reply.status == 200 else {
            let fault = AWSFault(reply, bytes, action: action, of: service)
            if fault.failure.code == .unauthorized { await credentials.forget(key.keyID) }
            throw fault
        }
        guard !bytes.isEmpty else { return .object([:]) }
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else {
            throw AWSFault(
                Failure(.malformedReply, "\(service.rawValue):\(action) answers with no JSON"))
        }
        return value
    }

    private func request(
        _ action: String, _ body: [UInt8], _ wait: Duration, _ key: AWSCredentials
    ) -> HTTPClientRequest {
        HTTPClientRequest(
            "POST", url,
            fields: [
                "content-type": "application/x-amz-json-1.0",
                "x-amz-target": "\(service.targetPrefix).\(action)",
            ],
            body: body, timeout: .seconds(10) + wait, replyByteCountMax: 16 << 20,
            signing: AWSSigning(
                region: region, service: service.rawValue, keyID: key.keyID,
                secretKey: key.secretKey, sessionToken: key.sessionToken))
    }
}
