import Deployment
import Domain
import Ports
import TestSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A function as Lambda runs it: AWS's own emulator around the program as it was built.
struct Lambda: Sendable {
    private let url: String
    private let emulator: ChildProcess
    private let http = PlainHTTP()

    /// What the emulator and the function printed.
    var output: String { emulator.output }

    /// Runs a function beside `body`.
    ///
    /// - Parameters:
    ///   - function: The function that is deployed.
    ///   - environment: Its variables.
    ///   - seconds: Its time limit.
    ///   - body: Is given the function.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or why the emulator cannot be run.
    static func withRunning<Result: Sendable>(
        _ function: String, _ environment: [String: String?], seconds: Int = 60,
        _ body: (Lambda) async throws -> Result
    ) async throws -> Result {
        let (port, apiPort) = (try freePort(), try freePort())
        var environment = environment
        environment["AWS_LAMBDA_FUNCTION_TIMEOUT"] = String(seconds)
        return try await ChildProcess.withRunning(
            try Repository.tool("aws-lambda-rie"),
            [
                "--runtime-interface-emulator-address", "127.0.0.1:\(port)",
                "--runtime-api-address", "127.0.0.1:\(apiPort)", BuiltProgram.functions, function,
            ], environment: environment
        ) { emulator in
            let lambda = Lambda(url: "http://127.0.0.1:\(port)", emulator: emulator)
            try await emulator.wait(for: "listening") {
                (try? await lambda.http.send(HTTPClientRequest("GET", lambda.url))) != nil
            }
            return try await body(lambda)
        }
    }

    /// Invokes the function, as a caller who waits.
    ///
    /// - Parameters:
    ///   - event: The event, JSON or not.
    ///   - fields: Header fields of the invocation.
    /// - Returns: What it answers, error or not.
    /// - Throws: Why there is no answer.
    func invoke(_ event: String, _ fields: [String: String] = [:]) async throws -> JSONValue {
        let reply = try await http.send(
            HTTPClientRequest(
                "POST", "\(url)/2015-03-31/functions/function/invocations", fields: fields,
                body: Array(event.utf8), timeout: .seconds(120)))
        return try json(String(decoding: try await reply.body.bytes(), as: UTF8.self))
    }

    /// Invokes the function.
    func invoke(_ event: JSONValue) async throws -> JSONValue {
        try await invoke(String(decoding: try encoded(event), as: UTF8.self))
    }
}

/// Events as AWS's services send them.
enum LambdaEvents {
    /// A schedule of EventBridge that fired.
    static func scheduled(at time: Timestamp) -> JSONValue {
        .object([
            "version": .string("0"), "id": .string("cdc73f9d-aea9-11e3-9d5a-835b769c0d9c"),
            "detail-type": .string("Scheduled Event"), "source": .string("aws.events"),
            "account": .string("123456789012"), "time": .string(time.description),
            "region": .string("eu-central-1"), "detail": .object([:]),
            "resources": .array([.string("arn:aws:events:eu-central-1:123456789012:rule/tick")]),
        ])
    }

    /// What the pollers of an event source mapping hand on.
    static func batch(_ messages: [JSONValue], of queue: Moto.Queue) -> JSONValue {
        .object([
            "Records": .array(
                messages.map { message in
                    .object([
                        "messageId": message["MessageId"] ?? .null,
                        "receiptHandle": message["ReceiptHandle"] ?? .null,
                        "body": message["Body"] ?? .null,
                        "attributes": message["Attributes"] ?? .null,
                        "messageAttributes": .object([:]),
                        "md5OfBody": message["MD5OfBody"] ?? .null,
                        "eventSource": .string("aws:sqs"), "eventSourceARN": .string(queue.arn),
                        "awsRegion": .string(Moto.region),
                    ])
                })
        ])
    }

    /// A browser at a Function URL.
    static func opened(
        _ path: String, query: String = "", method: String = "GET", cookies: [String] = []
    ) -> JSONValue {
        var event: [String: JSONValue] = [
            "version": .string("2.0"), "routeKey": .string("$default"), "rawPath": .string(path),
            "rawQueryString": .string(query),
            "headers": .object([
                "accept": .string("text/html,*/*"), "host": .string("x.lambda-url.aws"),
            ]),
            "requestContext": .object([
                "accountId": .string("anonymous"), "apiId": .string("x"),
                "domainName": .string("x.lambda-url.aws"), "domainPrefix": .string("x"),
                "requestId": .string("1"), "routeKey": .string("$default"),
                "stage": .string("$default"), "time": .string("22/Nov/2026:06:00:00 +0000"),
                "timeEpoch": .integer(1_795_327_200_000),
                "http": .object([
                    "method": .string(method), "path": .string(path),
                    "protocol": .string("HTTP/1.1"), "sourceIp": .string("203.0.113.7"),
                    "userAgent": .string("Mozilla/5.0"),
                ]),
            ]),
            "isBase64Encoded": .bool(false),
        ]
        if !cookies.isEmpty { event["cookies"] = .array(cookies.map { .string($0) }) }
        return .object(event)
    }
}
