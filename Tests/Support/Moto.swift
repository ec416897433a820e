public import Domain
import Ports
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// moto beside a test: AWS's DynamoDB, SQS and IAM as a server that refuses a wrong signature and
/// what a policy does not allow.
public struct Moto: Sendable {
    /// An access key of somebody who may do some things.
    public struct Key: Sendable {
        /// The key's id.
        public let id: String
        /// The key's secret.
        public let secret: String
    }

    /// A queue and where its dead messages go.
    public struct Queue: Sendable {
        /// The queue's address.
        public let url: String
        /// The dead-letter queue's address.
        public let deadURL: String
        /// The queue's ARN.
        public let arn: String

        /// Names a queue.
        public init(url: String, deadURL: String, arn: String) {
            self.url = url
            self.deadURL = deadURL
            self.arn = arn
        }
    }

    /// The region that everything is in.
    public static let region = "eu-central-1"

    /// Its address, `http://127.0.0.1:port`.
    public let url: String
    private let http = PlainHTTP()

    /// Runs it beside `body`, with nothing in it.
    ///
    /// - Parameter body: Is given the running server.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or why it cannot be run.
    public static func withRunning<Result: Sendable>(
        _ body: (Moto) async throws -> Result
    ) async throws -> Result {
        let python = try Repository.python()
        let port = try freePort()
        return try await ChildProcess.withRunning(
            python, ["\(Repository.root)/Tests/Support/moto-server.py", String(port)]
        ) { child in
            try await child.wait(for: "being ready", atMost: .seconds(60)) {
                child.output.contains("ready\n")
            }
            return try await body(Moto(url: "http://127.0.0.1:\(port)"))
        }
    }

    /// Makes a call as an administrator, by boto3.
    ///
    /// - Parameters:
    ///   - service: The service.
    ///   - call: The method of boto3's client.
    ///   - arguments: Its arguments.
    /// - Returns: What it gives.
    /// - Throws: What it says when it fails.
    @discardableResult
    public func administer(
        _ service: String, _ call: String, _ arguments: [String: JSONValue]
    ) async throws -> JSONValue {
        let asked = JSONValue.object([
            "service": .string(service), "call": .string(call), "arguments": .object(arguments),
        ])
        let bytes = try await post("control", JSON.encode(asked))
        return try JSON.decode(JSONValue.self, from: bytes, at: call)
    }

    /// Lets time pass for the queues.
    public func advance(by duration: Duration) async throws {
        _ = try await post("advance", Array("\(duration / .seconds(1))".utf8))
    }

    /// Makes somebody who may do some things and no other.
    ///
    /// - Parameter actions: Permissions such as `sqs:SendMessage`.
    /// - Returns: The key.
    /// - Throws: What moto says.
    public func key(allowing actions: [String]) async throws -> Key {
        let user = JSONValue.string(Self.name("user"))
        try await administer("iam", "create_user", ["UserName": user])
        if !actions.isEmpty {
            let policy = JSONValue.object([
                "Version": .string("2012-10-17"),
                "Statement": .object([
                    "Effect": .string("Allow"), "Resource": .string("*"),
                    "Action": .array(actions.map { .string($0) }),
                ]),
            ])
            try await administer(
                "iam", "put_user_policy",
                [
                    "UserName": user, "PolicyName": .string("some"),
                    "PolicyDocument": .string(String(decoding: JSON.encode(policy), as: UTF8.self)),
                ])
        }
        let made = try await administer("iam", "create_access_key", ["UserName": user])
        guard let id = made["AccessKey"]?["AccessKeyId"]?.text,
            let secret = made["AccessKey"]?["SecretAccessKey"]?.text
        else { throw Failure(.malformedReply, "moto made no key: \(made)") }
        return Key(id: id, secret: secret)
    }

    /// Makes an empty table as a deployment has it, and gives its name.
    public func table() async throws -> String {
        let name = Self.name("table")
        func column(_ name: String, _ kind: String, _ value: String) -> JSONValue {
            .object(["AttributeName": .string(name), kind: .string(value)])
        }
        try await administer(
            "dynamodb", "create_table",
            [
                "TableName": .string(name), "BillingMode": .string("PAY_PER_REQUEST"),
                "AttributeDefinitions": .array([
                    column("pk", "AttributeType", "S"), column("sk", "AttributeType", "S"),
                ]),
                "KeySchema": .array([
                    column("pk", "KeyType", "HASH"), column("sk", "KeyType", "RANGE"),
                ]),
            ])
        return name
    }

    /// Makes a table as a version with only one partition left it: without a layout, and not empty.
    ///
    /// Its only entry has expired.
    public func tableOfLayout1() async throws -> String {
        let name = try await table()
        let item: [String: JSONValue] = [
            "pk": .object(["S": .string("copilot-usage")]),
            "sk": .object(["S": .string("doctor/0")]), "value": .object(["B": .string("AA==")]),
            "version": .object(["N": .string("1")]), "expiry": .object(["N": .string("1")]),
        ]
        try await administer(
            "dynamodb", "put_item", ["TableName": .string(name), "Item": .object(item)])
        return name
    }

    /// Makes an empty queue as a deployment has it, with its dead-letter queue.
    ///
    /// - Parameter hasDeadLetters: Whether the queue has a redrive policy.
    /// - Returns: Both addresses.
    /// - Throws: What moto says.
    public func queue(hasDeadLetters: Bool = true) async throws -> Queue {
        let name = Self.name("queue")
        let account = "arn:aws:sqs:\(Self.region):123456789012"
        let dead = try await administer(
            "sqs", "create_queue", ["QueueName": .string("\(name)-dead")])
        let policy = #"{"deadLetterTargetArn":"\#(account):\#(name)-dead","maxReceiveCount":"20"}"#
        let queue = try await administer(
            "sqs", "create_queue",
            [
                "QueueName": .string(name),
                "Attributes": .object(hasDeadLetters ? ["RedrivePolicy": .string(policy)] : [:]),
            ])
        guard let url = queue["QueueUrl"]?.text, let deadURL = dead["QueueUrl"]?.text else {
            throw Failure(.malformedReply, "moto made no queue: \(queue)")
        }
        return Queue(url: url, deadURL: deadURL, arn: "\(account):\(name)")
    }

    /// What lies in a queue, as SQS hands it out; it stays there.
    public func messages(in queueURL: String) async throws -> [JSONValue] {
        var messages: [JSONValue] = []
        while true {
            let reply = try await administer(
                "sqs", "receive_message",
                [
                    "QueueUrl": .string(queueURL), "MaxNumberOfMessages": .integer(10),
                    "VisibilityTimeout": .integer(3_600),
                    "MessageAttributeNames": .array([.string("All")]),
                    "AttributeNames": .array([.string("All")]),
                ])
            guard case .array(let some) = reply["Messages"], !some.isEmpty else { break }
            messages += some
        }
        for message in messages {
            try await administer(
                "sqs", "change_message_visibility",
                [
                    "QueueUrl": .string(queueURL), "VisibilityTimeout": .integer(0),
                    "ReceiptHandle": message["ReceiptHandle"] ?? .null,
                ])
        }
        return messages
    }

    private static func name(_ kind: String) -> String {
        "\(kind)-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    }

    private func post(_ path: String, _ body: [UInt8]) async throws -> [UInt8] {
        let reply = try await http.send(HTTPClientRequest("POST", "\(url)/\(path)", body: body))
        let bytes = try await reply.body.bytes()
        guard reply.status == 200 else {
            throw Failure(.rejected, String(decoding: bytes, as: UTF8.self))
        }
        return bytes
    }
}

extension Repository {
    /// The Python that has the peers which tests run.
    ///
    /// - Throws: `misconfigured` if it is not installed.
    public static func python() throws(Failure) -> String { try tool("python") }

    /// A program of the tests' Python environment.
    ///
    /// - Parameter name: Its file's name.
    /// - Returns: Its path.
    /// - Throws: `misconfigured` if it is not installed.
    public static func tool(_ name: String) throws(Failure) -> String {
        let path = "\(root)/.build/python/bin/\(name)"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Failure(
                .misconfigured, "this test needs \(path): run infra/python/install.sh")
        }
        return path
    }
}
