import Domain
import Ports
import Toolbox

/// A response to a request.
public struct HTTPServerResponse: Hashable, Sendable {
    /// The status code.
    public var status: Int
    /// Header fields by lower-case name.
    public var fields: [String: String]
    /// The body.
    public var body: [UInt8]

    /// Creates a response.
    public init(status: Int, fields: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// Creates a response with one sentence for a person.
    public static func text(
        _ status: Int, _ sentence: String, fields: [String: String] = [:]
    ) -> HTTPServerResponse {
        let own = [
            "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff",
        ]
        return HTTPServerResponse(
            status: status, fields: own.merging(fields) { $1 }, body: Array("\(sentence)\n".utf8))
    }

    /// Creates a response with a JSON document for a program.
    static func json(
        _ status: Int, _ document: [UInt8], fields: [String: String] = [:]
    ) -> HTTPServerResponse {
        HTTPServerResponse(
            status: status, fields: ["content-type": "application/json"].merging(fields) { $1 },
            body: document)
    }

    /// Creates a response that reports a failure to a program.
    ///
    /// - Parameters:
    ///   - status: The status code; nil for the code that says whether to send the event again.
    ///   - fields: Additional header fields.
    /// - Returns: The response, with the failure as its body.
    static func failure(
        _ failure: Failure, status: Int? = nil, fields: [String: String] = [:]
    ) -> HTTPServerResponse {
        let answer = AnswerCode(failure)
        return json(
            status ?? answer.status, JSON.encode(FailureReport(failure)),
            fields: answer.fields.merging(fields) { $1 })
    }
}

/// The status code that says what the sender of an event must do with it.
///
/// Source: Knative's table of retried codes: 400 is never retried; 409, 429 and 5xx are.
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
