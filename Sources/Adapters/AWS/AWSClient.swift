public import Domain
public import Ports
import Toolbox

/// A client of one AWS service.
///
/// It sends signed `POST /` requests with JSON.
///
/// It retries temporary failures a few times within seconds. Longer retries are up to the caller.
public struct AWSClient: Sendable {
    // State is stored in the time that the deadline keeps in reserve. An expired key is renewed.
    private static let retry = RetryPolicy(
        attemptCountMax: 4, firstWait: .milliseconds(200), waitMax: .milliseconds(800),
        renewsCredentials: true, reserve: .zero)

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
    ///   - settings: The region and the endpoints.
    ///   - transport: Signs and sends the requests.
    ///   - time: Measures the waits between attempts.
    ///   - entropy: Randomizes the waits.
    /// - Throws: `misconfigured` if the region is missing.
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

    /// Calls an action.
    ///
    /// - Parameters:
    ///   - action: The name of the action, such as `GetItem`.
    ///   - input: The members of the request.
    ///   - wait: How long the service itself may wait, such as for messages.
    /// - Returns: The response, an object; an empty one if SQS sends no body.
    /// - Throws: The error of the last attempt. It is never `unauthorized`, which callers take for the
    ///   end of a person's authorization.
    public func call(
        _ action: String, _ input: [String: JSONValue], waiting wait: Duration = .zero
    ) async throws(AWSFault) -> JSONValue {
        let body = JSON.encode(JSONValue.object(input))
        do throws(AWSFault) {
            return try await Self.retry.run(
                "\(service.rawValue):\(action)", on: time, credentials.clock, entropy
            ) { () async throws(AWSFault) in try await send(action, body, wait) }
        } catch  where error.failure.code == .unauthorized {
            throw AWSFault(Failure(.misconfigured, error.failure.message))
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
            if fault.failure.code == .unauthorized { await credentials.discard(key.keyID) }
            throw fault
        }
        // SQS has actions without a result. DynamoDB always responds with an object: taken for one, an
        // empty body would be an entry that does not exist.
        if bytes.isEmpty, service == .sqs { return .object([:]) }
        guard let value = JSON.value(bytes), case .object(let members) = value,
            members["__type"] == nil
        else {
            throw AWSFault(
                Failure(
                    .unavailable,
                    """
                    \(service.rawValue):\(action) did not respond with its result. If this persists, \
                    check the proxy and AWS_ENDPOINT_URL
                    """))
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
