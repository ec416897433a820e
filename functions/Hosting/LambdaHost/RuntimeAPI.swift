import Domain
import Ports
import Toolbox

/// A client of AWS Lambda's Runtime API.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.
struct RuntimeAPI: Sendable {
    /// The largest result that Lambda accepts, in bytes.
    static let outputByteCountMax = 6 << 20
    /// The largest event to accept, in bytes.
    ///
    /// Lambda's limit is 6 MB; the rest is headroom in case that limit grows.
    private static let eventByteCountMax = 32 << 20

    /// One event that Lambda delivers.
    struct Request: Sendable {
        /// Lambda's id of the invocation.
        let id: String
        /// The time when Lambda ends the invocation; nil if Lambda did not provide it.
        let deadline: Timestamp?
        /// The trace context of the invocation, if any.
        let trace: String?
        /// The event.
        let event: [UInt8]
    }

    private let base: String
    private let transport: any HTTPTransport

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - address: The value of `AWS_LAMBDA_RUNTIME_API`: a host and a port.
    ///   - transport: The transport for requests.
    init(address: String, transport: any HTTPTransport) {
        base = "http://\(address)/2018-06-01/runtime"
        self.transport = transport
    }

    /// Waits for the next event, without a time limit.
    ///
    /// Lambda freezes a process that waits here, for hours if necessary.
    ///
    /// - Throws: `unavailable` if the API is gone or asks this process to end.
    func next() async throws(Failure) -> Request {
        let reply = try await transport.send(
            HTTPClientRequest(
                "GET", "\(base)/invocation/next", timeout: .seconds(20 * 86_400),
                replyByteCountMax: Self.eventByteCountMax))
        let event = try await reply.body.bytes()
        let fields = reply.fields
        guard reply.status == 200, let id = fields["lambda-runtime-aws-request-id"] else {
            throw Failure(.unavailable, "Lambda's Runtime API answers \(reply.status) to next")
        }
        return Request(
            id: id,
            deadline: fields["lambda-runtime-deadline-ms"].flatMap { Int64($0) }
                .map { Timestamp(milliseconds: $0) },
            trace: fields["lambda-runtime-trace-id"], event: event)
    }

    /// Sends the result of an event.
    func answer(_ request: Request, with output: [UInt8]) async throws(Failure) {
        try await post("invocation/\(request.id)/response", output)
    }

    /// Reports that an event failed.
    func fail(_ request: Request, with failure: Failure) async throws(Failure) {
        try await post("invocation/\(request.id)/error", failure)
    }

    /// Reports that the program cannot handle any event.
    func failStart(with failure: Failure) async throws(Failure) {
        try await post("init/error", failure)
    }

    private func post(_ path: String, _ failure: Failure) async throws(Failure) {
        let report = JSONValue.object([
            "errorType": .string(failure.code.rawValue),
            "errorMessage": .string(failure.message),
            "stackTrace": .array([]),
        ])
        try await post(
            path, JSON.encode(report),
            ["lambda-runtime-function-error-type": "Function.\(failure.code.rawValue)"])
    }

    private func post(
        _ path: String, _ body: [UInt8], _ fields: [String: String] = [:]
    ) async throws(Failure) {
        let fields = fields.merging(["content-type": "application/json"]) { $1 }
        let reply = try await transport.send(
            HTTPClientRequest("POST", "\(base)/\(path)", fields: fields, body: body))
        _ = try await reply.body.bytes()
        guard reply.status == 202 else {
            throw Failure(
                reply.status == 413 ? .limitExceeded : .rejected,
                "Lambda's Runtime API answers \(reply.status) to \(path)")
        }
    }
}
