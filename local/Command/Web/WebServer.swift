import Domain
import Host
import Hummingbird
import HummingbirdCore
import Logging
import Ports

/// An HTTP server that hands each request on and sends the answer.
struct WebServer: Sendable {
    /// An answer to a request.
    struct Answer: Sendable {
        var status: Int
        var fields: [String: String] = [:]
        var body: String = ""

        static let notFound = text(404, "There is nothing here.")

        static func text(_ status: Int, _ sentence: String) -> Answer {
            Answer(
                status: status, fields: ["content-type": "text/plain; charset=utf-8"],
                body: sentence + "\n")
        }
    }

    let host: String
    let port: Int
    let logger: Logger
    /// Answers a request: its path and what the web functions take of it.
    let answer: @Sendable (_ path: String, _ event: WebEvent) async -> Answer

    /// Serves until the task is cancelled.
    ///
    /// - Parameter onReady: Is given the port once requests are taken.
    /// - Throws: `misconfigured` if the port cannot be had.
    func run(onReady: @escaping @Sendable (Int) async -> Void) async throws {
        var logger = logger
        // It calls a browser that keeps its connection while we stop an error.
        logger.logLevel = .critical
        let (answer, port) = (answer, port)
        let application = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in
                Self.response(await answer(request.uri.path, Self.event(request)))
            },
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? port) },
            logger: logger)
        try await application.run()
    }

    /// Serves while `body` runs.
    ///
    /// - Parameter body: Is given the port once requests are taken.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or why the port cannot be had.
    func withRunning<Result: Sendable>(
        _ body: (Int) async throws -> Result
    ) async throws -> Result {
        let (ports, announcement) = AsyncStream.makeStream(of: Int.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { announcement.finish() }
                try await run { announcement.yield($0) }
            }
            var port: Int?
            for await announced in ports {
                port = announced
                break
            }
            guard let port else {
                try await group.next()
                throw Failure(.unavailable, "the web server was stopped before it listened")
            }
            let result = try await body(port)
            group.cancelAll()
            // It ends by being cancelled; how it says so is of no interest.
            while await group.nextResult() != nil {}
            return result
        }
    }

    private static func event(_ request: Request) -> WebEvent {
        var query: [String: String] = [:]
        for (name, value) in request.uri.queryParameters where query[String(name)] == nil {
            query[String(name)] = String(value)
        }
        var headers: [String: String] = [:]
        for field in request.headers {
            let name = field.name.canonicalName
            // Cookies of several fields are one list, RFC 9113, section 8.2.3.
            let separator = name == "cookie" ? "; " : ", "
            headers[name] = headers[name].map { $0 + separator + field.value } ?? field.value
        }
        if let host = request.head.authority { headers["host"] = host }
        return WebEvent(method: request.method.rawValue, query: query, headers: headers)
    }

    private static func response(_ answer: Answer) -> Response {
        var fields = HTTPFields()
        for (name, value) in answer.fields.sorted(by: { $0.key < $1.key }) {
            if let name = HTTPFields.Element.Name(name) { fields[name] = value }
        }
        return Response(
            status: .init(code: answer.status), headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(string: answer.body)))
    }
}
