import Domain
public import FunctionInterface

extension HTTPServerResponse {
    /// Creates the response to a program that sent an event.
    init(_ conclusion: Conclusion) {
        if let failure = conclusion.failure {
            self = .failure(failure)
        } else if case .after(let wait)? = conclusion.unfinished?.retry {
            // Part of it may succeed later, and the sender retries only on an error status.
            self = .json(
                503, conclusion.document, fields: ["retry-after": "\(wait.secondsRoundedUp)"])
        } else {
            self = .json(200, conclusion.document)
        }
    }

    /// Creates the response to a browser.
    ///
    /// - Parameter conclusion: The conclusion of `onAuthorize` or `onAuthorizeCallback`.
    public init(page conclusion: Conclusion) {
        switch (conclusion.summary, conclusion.failure) {
        case (.page(let page)?, _):
            self.init(status: page.status, fields: page.headers, body: Array(page.body.utf8))
        case (_, let failure):
            let failure =
                failure
                ?? Failure(.malformedReply, "\(conclusion.function.rawValue) has no page to show")
            let code = AnswerCode(failure)
            self = .text(
                code.status, failure.message,
                fields: code.fields.merging(["cache-control": "no-store"]) { $1 })
        }
    }
}
