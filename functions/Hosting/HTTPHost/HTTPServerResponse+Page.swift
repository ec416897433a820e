import Toolbox
import Domain
public import Host
import Ports

extension HTTPServerResponse {
    /// The part of an authorization function's result that HTTP needs.
    private struct Page: Decodable {
        var status: Int
        var headers: [String: String]
        var body: String
    }

    /// Makes a browser's answer of what an authorization function gave.
    ///
    /// - Parameter invocation: One of `onAuthorize` or `onAuthorizeCallback`.
    public init(page invocation: Invocation) {
        do throws(Failure) {
            if let failure = invocation.failure { throw failure }
            let page = try JSON.decode(
                Page.self, from: invocation.output, at: invocation.function.rawValue)
            self.init(status: page.status, fields: page.headers, body: Array(page.body.utf8))
        } catch {
            let code = AnswerCode(error)
            self = .text(
                code.status, error.message,
                fields: code.fields.merging(["cache-control": "no-store"]) { $1 })
        }
    }
}
