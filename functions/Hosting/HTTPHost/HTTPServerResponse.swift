import Toolbox
import Domain
import Ports

/// An answer to a request.
public struct HTTPServerResponse: Hashable, Sendable {
    /// The status code.
    public var status: Int
    /// Header fields by lower-case name.
    public var fields: [String: String]
    /// The body.
    public var body: [UInt8]

    /// Creates an answer.
    public init(status: Int, fields: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// Says one sentence to a person.
    public static func text(
        _ status: Int, _ sentence: String, fields: [String: String] = [:]
    ) -> HTTPServerResponse {
        let own = [
            "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff",
        ]
        return HTTPServerResponse(
            status: status, fields: own.merging(fields) { $1 }, body: Array("\(sentence)\n".utf8))
    }

    /// Gives a program a JSON document.
    static func json(
        _ status: Int, _ document: [UInt8], fields: [String: String] = [:]
    ) -> HTTPServerResponse {
        HTTPServerResponse(
            status: status, fields: ["content-type": "application/json"].merging(fields) { $1 },
            body: document)
    }

    /// Reports a failure to a program.
    ///
    /// - Parameters:
    ///   - failure: What went wrong.
    ///   - status: The status code; nil for the one that says whether to send the event again.
    ///   - fields: Further header fields.
    /// - Returns: The answer, the failure as its body.
    static func failure(
        _ failure: Failure, status: Int? = nil, fields: [String: String] = [:]
    ) -> HTTPServerResponse {
        let answer = AnswerCode(failure)
        return json(
            status ?? answer.status, JSON.encode(FailureReport(failure)),
            fields: answer.fields.merging(fields) { $1 })
    }
}

/// How an answer tells whoever sent an event what to do with it.
///
/// Source: Knative's table of what is retried; 400 is never, 409, 429 and 5xx are.
struct AnswerCode: Hashable {
    let status: Int
    let fields: [String: String]

    init(_ failure: Failure) {
        switch (failure.retry, failure.code) {
        case (.never, .malformedEvent): status = 400
        case (.never, _): status = 500
        case (.after, .conflict): status = 409
        case (.after, .rateLimited): status = 429
        case (.after, _): status = 503
        }
        guard case .after(let wait) = failure.retry else {
            fields = [:]
            return
        }
        fields = ["retry-after": String(wait.secondsRoundedUp)]
    }
}
