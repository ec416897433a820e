public import Domain
import Ports
public import Toolbox

/// An error of a call to AWS.
public struct AWSFault: RetryableError, Sendable {
    /// AWS's name of the error, without its namespace; empty if there was no response.
    public let type: String
    /// The error as a failure.
    public let failure: Failure
    /// The body of the response, which may contain an item.
    public let body: JSONValue?

    /// Wraps a failure without a response from AWS.
    public init(_ failure: Failure) {
        type = ""
        self.failure = failure
        body = nil
    }

    /// Parses an error response.
    ///
    /// The JSON protocols name the error in `__type`, `code` or a header field. A proxy or an emulator
    /// may respond with XML.
    ///
    /// - Parameters:
    ///   - bytes: The body of the response.
    ///   - action: The name of the action, such as `GetItem`.
    init(_ reply: HTTPClientResponse, _ bytes: [UInt8], action: String, of service: AWSService) {
        let text = String(decoding: bytes.prefix(8_192), as: UTF8.self)
        let body = JSON.value(bytes)
        let name =
            body?["__type"]?.text ?? body?["code"]?.text
            ?? reply.fields["x-amzn-errortype"] ?? Self.element("Code", of: text) ?? ""
        // `com.amazonaws.sqs#QueueDoesNotExist`, `AccessDenied:http://…`.
        let short = name.split(separator: "#").last?.split(separator: ":").first ?? ""
        let said =
            body?["message"]?.text ?? body?["Message"]?.text ?? Self.element("Message", of: text)
            ?? ""
        type = Self.reason(in: body) ?? String(short)
        self.body = body
        failure =
            HTMLPage.isLikely(reply.fields["content-type"], bytes) && type.isEmpty
            ? Self.otherServer(reply.status, action, service)
            : Self.failure(
                type: type, status: reply.status, said: Self.oneLine(said), action: action,
                service: service)
    }

    private static func otherServer(
        _ status: Int, _ action: String, _ service: AWSService
    ) -> Failure {
        Failure(
            .unavailable,
            """
            \(service.rawValue):\(action): an HTML page arrived in place of a result (status \
            \(status)): a proxy or filter answered for AWS, or AWS_ENDPOINT_URL is not AWS's address. \
            Allow AWS's hosts there, or correct the address
            """)
    }

    /// The first reason for which a transaction was cancelled.
    private static func reason(in body: JSONValue?) -> String? {
        guard case .array(let reasons)? = body?["CancellationReasons"] else { return nil }
        return reasons.lazy.compactMap { $0["Code"]?.text }.first { $0 != "None" }
    }

    private static func failure(
        type: String, status: Int, said: String, action: String, service: AWSService
    ) -> Failure {
        let who = "\(service.rawValue):\(action)"
        let detail = said.isEmpty ? (type.isEmpty ? "status \(status)" : type) : said
        switch code(type, status) {
        case .forbidden:
            return Failure(
                .forbidden,
                "AWS does not allow \(who): \(detail); allow \(service.permission(for: action)) in"
                    + " the role's policy")
        case .unauthorized:
            return Failure(
                .unauthorized,
                "the AWS credentials have expired (\(who)): \(detail); renew AWS_SESSION_TOKEN and its"
                    + " keys, or use a role")
        case .misconfigured where type.contains("NotExist") || type.contains("NotFound"):
            let variable = service == .dynamoDB ? "STATE_STORE" : "EVENT_BUS"
            return Failure(
                .misconfigured,
                "the resource in \(variable) does not exist in this account and region (\(who)):"
                    + " \(detail)")
        case .misconfigured:
            return Failure(
                .misconfigured,
                "AWS rejects the signature (\(who)): \(detail); check AWS_ACCESS_KEY_ID,"
                    + " AWS_SECRET_ACCESS_KEY, AWS_REGION and the system's clock")
        case .rejected where type.isEmpty:
            return Failure(
                .rejected, "\(who): \(detail); check what answers at AWS_ENDPOINT_URL, or the proxy"
            )
        case let code: return Failure(code, "\(who): \(detail)")
        }
    }

    /// Source: the error tables of both services' API references, and "Common errors" beside them.
    private static func code(_ type: String, _ status: Int) -> Failure.Code {
        // SQS still uses names of its older protocol, such as
        // `AWS.SimpleQueueService.NonExistentQueue`.
        switch type.split(separator: ".").last ?? "" {
        case "ConditionalCheckFailedException", "ConditionalCheckFailed",
            "TransactionConflictException", "TransactionConflict", "ReceiptHandleIsInvalid",
            "MessageNotInflight":
            .conflict
        case "ThrottlingException", "ThrottlingError", "Throttling",
            "ProvisionedThroughputExceededException", "ProvisionedThroughputExceeded",
            "RequestLimitExceeded", "RequestThrottled", "TooManyRequestsException", "OverLimit":
            .rateLimited
        case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "KmsAccessDenied":
            .forbidden
        case "ExpiredToken", "ExpiredTokenException": .unauthorized
        case "SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature",
            "IncompleteSignatureException", "UnrecognizedClientException", "InvalidClientTokenId",
            "InvalidAccessKeyId", "MissingAuthenticationToken",
            "MissingAuthenticationTokenException", "InvalidSecurity", "RequestExpired",
            "ResourceNotFoundException", "QueueDoesNotExist", "NonExistentQueue":
            .misconfigured
        case "BatchRequestTooLong", "MessageTooLong": .limitExceeded
        case "InternalServerError", "InternalFailure", "ServiceUnavailable", "InternalError":
            .unavailable
        default:
            switch status {
            case 429: .rateLimited
            case 500...: .unavailable
            case 401, 403: .forbidden
            default: .rejected
            }
        }
    }

    private static func element(_ name: String, of text: String) -> String? {
        guard let start = text.firstRange(of: "<\(name)>"),
            let end = text[start.upperBound...].firstRange(of: "</\(name)>")
        else { return nil }
        return String(text[start.upperBound..<end.lowerBound])
    }

    private static func oneLine(_ text: String) -> String {
        // The text becomes the middle of a sentence.
        let line = text.prefix(500).split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.last == "." ? String(line.dropLast()) : line
    }
}
