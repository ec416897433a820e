import Domain
import GitHubSimulator
import Ports
import SystemClock
import TestSupport
import Testing
import Toolbox

@Suite("The function host on Lambda", .timeLimit(.minutes(5)))
struct LambdaTests {
    /// Permissions as the README lists them for each function; moto asks for that of the batch too.
    private static let web = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]
    private static let tick =
        web + ["dynamodb:DeleteItem", "sqs:SendMessage", "sqs:SendMessageBatch"]
    private static let collect =
        web + [
            "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
            "sqs:SendMessage",
        ]

    private static func environment(
        _ stage: Stage, _ moto: Moto, table: String, _ queue: Moto.Queue, allowing: [String]
    ) async throws -> [String: String?] {
        let key = try await moto.key(allowing: allowing)
        return stage.environment.merging([
            "STATE_STORE": "dynamodb:\(table)", "EVENT_BUS": "sqs:\(queue.url)",
            "AWS_REGION": Moto.region, "AWS_ENDPOINT_URL": moto.url,
            "AWS_ACCESS_KEY_ID": key.id, "AWS_SECRET_ACCESS_KEY": key.secret,
            "AWS_SESSION_TOKEN": nil,
        ]) { $1 }
    }

    /// Takes messages as the pollers of an event source mapping do.
    private static func poll(_ moto: Moto, _ queue: Moto.Queue) async throws -> [JSONValue] {
        try await moto.administer(
            "sqs", "receive_message",
            [
                "QueueUrl": .string(queue.url), "MaxNumberOfMessages": .integer(10),
                "VisibilityTimeout": .integer(360), "AttributeNames": .array([.string("All")]),
            ])["Messages"]?.elements ?? []
    }

    /// Lets somebody authorize through the Function URL.
    private static func connect(_ lambda: Lambda) async throws -> JSONValue {
        let begun = try await lambda.invoke(
            LambdaEvents.opened("/authorize", query: "name=The+Team%21&name=other"))
        try #require(begun["statusCode"] == .integer(302), "\(begun)")
        let cookie = try #require(begun["cookies"]?.elements.first?.text).prefix { $0 != ";" }
        #expect(begun["headers"]?["set-cookie"] == nil)
        let consent = try await Stage.get(try #require(begun["headers"]?["location"]?.text))
        let back = try #require(consent.fields["location"])
        return try await lambda.invoke(
            LambdaEvents.opened(
                "/authorize/callback",
                query: String(back.drop { $0 != "?" }.dropFirst()),
                cookies: ["theme=dark", String(cookie)]))
    }

    @Test("runs a whole day: browser, schedule, queue, one bad message, files and table")
    func day() async throws {
        try await Moto.withRunning { moto in
            try await Stage.with { stage in
                let (table, queue) = (try await moto.table(), try await moto.queue())
                try await Lambda.withRunning(
                    "onAuthorizeCallback",
                    Self.environment(stage, moto, table: table, queue, allowing: Self.web)
                ) { lambda in
                    let answer = try await Self.connect(lambda)
                    #expect(answer["statusCode"] == .integer(200), "\(answer)\n\(lambda.output)")
                    #expect(answer["body"]?.text?.contains("acme") == true)
                    #expect(answer["body"]?.text?.contains("The Team!") == true)
                    let lost = try await lambda.invoke(LambdaEvents.opened("/favicon.ico"))
                    #expect(lost["statusCode"] == .integer(404))
                    let posted = try await lambda.invoke(
                        LambdaEvents.opened("/authorize", method: "POST"))
                    #expect(posted["statusCode"] == .integer(405))
                }

                let now = SystemClock().now()
                let ticked = try await Lambda.withRunning(
                    "onDailyTick",
                    Self.environment(stage, moto, table: table, queue, allowing: Self.tick)
                ) { lambda in
                    let result = try await lambda.invoke(LambdaEvents.scheduled(at: now))
                    #expect(lambda.output.contains("published on EVENT_BUS"))
                    return result
                }
                #expect(ticked["events"]?.elements.count == 2 * 3, "\(ticked)")
                #expect(ticked["time"]?.text == now.description)

                try await moto.administer(
                    "sqs", "send_message",
                    ["QueueUrl": .string(queue.url), "MessageBody": .string("not ours")])
                let messages = try await Self.poll(moto, queue)
                #expect(messages.count == 7)
                try await Lambda.withRunning(
                    "onCollectOrg",
                    Self.environment(stage, moto, table: table, queue, allowing: Self.collect)
                ) { lambda in
                    let answer = try await lambda.invoke(LambdaEvents.batch(messages, of: queue))
                    #expect(
                        answer == .object(["batchItemFailures": .array([])]),
                        "\(answer)\n\(lambda.output)")
                    // A delivery that comes once more changes nothing.
                    let again = try await lambda.invoke(
                        LambdaEvents.batch(Array(messages.prefix(1)), of: queue))
                    #expect(again["batchItemFailures"] == .array([]))
                }
                #expect(try stage.samples().count == 6)
                let dead = try await moto.messages(in: queue.deadURL)
                #expect(dead.compactMap { $0["Body"]?.text } == ["not ours"])
                let items =
                    try await moto.administer(
                        "dynamodb", "scan", ["TableName": .string(table)])["Items"]?.elements ?? []
                let keys = items.compactMap { $0["sk"]?["S"]?.text }
                #expect(keys.count { $0.hasPrefix("manifest/") } == 6)
                #expect(keys.count { $0.hasPrefix("integration/") } == 1)
                #expect(stage.github.violations.isEmpty)
            }
        }
    }

    @Test("leaves a failed message in the queue until it is due, and dead-letters it in the end")
    func failures() async throws {
        let down = Fault.Effect.answers(.refusal(503, "no server is available"))
        try await Moto.withRunning { moto in
            try await Stage.with { configuration, _ in
                configuration.faults = [
                    Fault(on: [.usersReport], organization: "acme", .always, down)
                ]
            } _: { stage in
                let (table, queue) = (try await moto.table(), try await moto.queue())
                func send(_ organization: String) async throws {
                    let known = try #require(stage.github.world.organization(organization))
                    let event = CloudEvent(
                        id: "collect/\(organization)", type: .collect, time: SystemClock().now(),
                        data: .object([
                            "integration": .string("1001-copilot"),
                            "installation": .integer(try #require(known.installation?.id)),
                            "organization": .string(organization),
                            "day": .string(Stage.yesterday.description),
                        ]))
                    let text = String(decoding: JSON.encode(event), as: UTF8.self)
                    try await moto.administer(
                        "sqs", "send_message",
                        ["QueueUrl": .string(queue.url), "MessageBody": .string(text)])
                }
                try await send("acme")
                try await send("acme-2")
                let messages = try await Self.poll(moto, queue)
                #expect(messages.count == 2)
                let bad = try #require(
                    messages.first { $0["Body"]?.text?.contains(#""acme""#) == true })
                try await Lambda.withRunning(
                    "onCollectOrg",
                    Self.environment(stage, moto, table: table, queue, allowing: Self.collect)
                ) { lambda in
                    let answer = try await lambda.invoke(LambdaEvents.batch(messages, of: queue))
                    #expect(
                        answer["batchItemFailures"]
                            == .array([.object(["itemIdentifier": bad["MessageId"] ?? .null])]),
                        "\(answer)\n\(lambda.output)")
                    // What Lambda does for the one that is handled.
                    for message in messages where message["MessageId"] != bad["MessageId"] {
                        try await moto.administer(
                            "sqs", "delete_message",
                            [
                                "QueueUrl": .string(queue.url),
                                "ReceiptHandle": message["ReceiptHandle"] ?? .null,
                            ])
                    }
                    // The first wait of the schedule, and not the queue's visibility timeout.
                    try await moto.advance(by: .seconds(50))
                    #expect(try await Self.poll(moto, queue).isEmpty)
                    try await moto.advance(by: .seconds(11))
                    let second = try await Self.poll(moto, queue)
                    #expect(second.map { $0["MessageId"] } == [bad["MessageId"]])

                    // The last attempt of the schedule.
                    guard case .object(var last)? = second.first else { return }
                    last["Attributes"] = .object(["ApproximateReceiveCount": .string("7")])
                    let given = try await lambda.invoke(
                        LambdaEvents.batch([.object(last)], of: queue))
                    #expect(given["batchItemFailures"] == .array([]))
                    let dead = try await moto.messages(in: queue.deadURL)
                    #expect(dead.count == 1)
                    let reason = dead.first?["MessageAttributes"]?["reason"]?["StringValue"]?.text
                    #expect(reason?.contains("could not be read for now") == true)

                    // From a queue that is not EVENT_BUS nothing is taken: its own policy decides.
                    let other = Moto.Queue(url: "", deadURL: "", arn: queue.arn + "-other")
                    let left = try await lambda.invoke(
                        LambdaEvents.batch([.object(last)], of: other))
                    #expect(left["batchItemFailures"]?.elements.count == 1)
                }
            }
        }
    }

    private static let settings: [String: String?] = [
        "GITHUB_APP_ID": "1", "GITHUB_APP_CLIENT_ID": "Iv", "GITHUB_APP_CLIENT_SECRET": "s",
        "STATE_STORE": "memory", "METRICS_SINK": "file:/tmp/never-written",
        "PUBLIC_URL": "http://127.0.0.1:8080",
        "STATE_ENCRYPTION_KEYS": "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
    ]

    @Test("reports a wrong event, and takes the next one")
    func wrongEvents() async throws {
        let cases = [
            ("nonsense", "the event is not JSON"), (#"{"time":5}"#, "time is not text"),
            (#"{"Records":[{"eventSource":"aws:s3"}]}"#, "records of aws:s3"),
            (#"{"Records":[{"EventSource":"aws:sns"}]}"#, "records of aws:sns"),
            (#"{"Records":[{"eventSource":"aws:sqs","body":"x"}]}"#, "no messageId"),
            (
                #"{"httpMethod":"GET","path":"/authorize","requestContext":{}}"#,
                "payload format version 2.0"
            ),
            (
                #"{"specversion":"1.0","id":"1","source":"s","type":"copilot-usage.collect","data":{}}"#,
                "names an event for another function"
            ),
        ]
        try await Lambda.withRunning("onDailyTick", Self.settings) { lambda in
            for (event, words) in cases {
                let answer = try await lambda.invoke(event)
                #expect(answer["errorType"]?.text == "malformedEvent", "\(event): \(answer)")
                #expect(answer["errorMessage"]?.text?.contains(words) == true, "\(answer)")
            }
            // A page asked of a function that has none.
            let page = try await lambda.invoke(LambdaEvents.opened("/authorize"))
            #expect(page["statusCode"] == .integer(404))
            // Everything that may stand for a tick.
            for (event, time) in [
                (#"{"time":"2026-11-22T06:00:00Z"}"#, "2026-11-22T06:00:00Z"),
                (
                    #"{"specversion":"1.0","id":"1","source":"s","type":"copilot-usage.tick","time":"2026-11-21T06:00:00Z"}"#,
                    "2026-11-21T06:00:00Z"
                ),
                (
                    #"{"detail-type":"x","source":"mine","time":"2026-11-20T06:00:00Z","detail":{"from":"2026-11-01"}}"#,
                    "2026-11-20T06:00:00Z"
                ),
                (
                    #"{"detail-type":"x","source":"mine","time":"2026-11-20T06:00:00Z","detail":{"time":"2026-11-19T06:00:00Z"}}"#,
                    "2026-11-19T06:00:00Z"
                ),
            ] {
                let answer = try await lambda.invoke(event)
                #expect(answer["time"]?.text == time, "\(answer)")
            }
        }
    }

    @Test(
        "reports to Lambda that it cannot start, and why",
        arguments: [
            ("onDailyTick", "STATE_STORE", nil, "STATE_STORE is not set"),
            ("onDailyTick", "STATE_STORE", "dynamodb:table", "AWS_REGION"),
            ("onDailyTick", "EVENT_BUS", "sqs:nowhere", "EVENT_BUS must be"),
            ("onNothing", "STATE_STORE", "memory", "_HANDLER is not a function"),
        ] as [(String, String, String?, String)])
    func initError(
        function: String, variable: String, value: String?, words: String
    ) async throws {
        let environment = Self.settings.merging([variable: value, "AWS_REGION": ""]) { $1 }
        try await Lambda.withRunning(function, environment) { lambda in
            let answer = try await lambda.invoke("{}")
            #expect(answer["errorType"]?.text == "misconfigured", "\(answer)\n\(lambda.output)")
            #expect(answer["errorMessage"]?.text?.contains(words) == true, "\(answer)")
        }
    }

    @Test("stops a function that takes too long, before Lambda does")
    func deadline() async throws {
        try await withLoopbackServer({ _ in [.awaitHangUp] }) { github in
            try await Stage.with { stage in
                let environment = stage.environment.merging(["GITHUB_API_URL": github.url]) { $1 }
                try await Lambda.withRunning("onCollectOrg", environment, seconds: 3) { lambda in
                    let event = #"""
                        {"integration":"1001-copilot","installation":555,"organization":"acme",
                         "day":"2026-11-21"}
                        """#
                    let answer = try await lambda.invoke(event)
                    #expect(answer["errorType"]?.text == "timedOut", "\(answer)")
                    #expect(answer["errorMessage"]?.text?.contains("raise the timeout") == true)
                    // The same process takes the next event.
                    let next = try await lambda.invoke(#"{"day":"?"}"#)
                    #expect(next["errorType"]?.text == "malformedEvent")
                }
            }
        }
    }

    @Test("accepts events that AWS's own models describe")
    func models() async throws {
        let message = JSONValue.object([
            "MessageId": .string("059f36b4-87a3-44ab-83d2-661975830a7d"),
            "ReceiptHandle": .string("AQEB"), "Body": .string("{}"),
            "MD5OfBody": .string("99914b932bd37a50b983c5e7c90ae93b"),
            "Attributes": .object([
                "ApproximateReceiveCount": .string("1"), "SenderId": .string("AIDA"),
                "SentTimestamp": .string("1545082649183"),
                "ApproximateFirstReceiveTimestamp": .string("1545082649185"),
            ]),
        ])
        let queue = Moto.Queue(
            url: "", deadURL: "", arn: "arn:aws:sqs:eu-central-1:123456789012:queue")
        let page = LambdaEvents.opened("/authorize", query: "a=b", cookies: ["a=1"])
        let events: [(String, JSONValue)] = [
            ("SqsModel", LambdaEvents.batch([message], of: queue)),
            ("EventBridgeModel", LambdaEvents.scheduled(at: Timestamp(seconds: 1_795_327_200))),
            ("LambdaFunctionUrlModel", page), ("APIGatewayProxyEventV2Model", page),
        ]
        let input = try encoded(.array(events.map { .array([.string($0.0), $0.1]) }))
        let outcome = try await ChildProcess.outcome(
            of: try Repository.python(),
            ["\(Repository.root)/Tests/EndToEnd/lambda-models.py"],
            input: String(decoding: input, as: UTF8.self))
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.split(separator: "\n").count == events.count)
    }
}
