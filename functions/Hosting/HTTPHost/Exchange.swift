import Domain
import HTTPTypes
import HummingbirdCore
import NIOCore
import Ports

/// One request and its response on a connection.
struct Exchange {
    private let request: Request
    private let body: BodyReader
    private let limits: HTTPServer.Limits

    init(_ request: Request, _ limits: HTTPServer.Limits, _ budget: BodyBudget) {
        self.request = request
        self.limits = limits
        body = BodyReader(request, limits, budget)
    }

    /// Whether to send the interim response that the client awaits before it sends the body.
    ///
    /// Source: RFC 9110, section 10.1.1.
    var invitesBody: Bool {
        request.headers[.expect]?.lowercased() == "100-continue" && !body.isAnnouncedTooLarge
    }

    /// Responds to the request.
    func response(by answer: HTTPServer.Responder) async -> Response {
        let answer = await answer(HTTPServerRequest(request, body: body))
        let head = head(of: answer, closes: !body.isWhole || isLast)
        // RFC 9110, section 9.3.2: the response to HEAD is that of GET without the body.
        guard request.method != .head else {
            return Response(status: head.status, headers: head.headerFields)
        }
        let bytes = ByteBuffer(bytes: answer.body)
        return Response(
            status: head.status, headers: head.headerFields, body: ResponseBody(byteBuffer: bytes))
    }

    /// Prepares the connection for the next request, once the response is sent.
    ///
    /// - Throws: An error that closes the connection, if more of a body is left than will be read.
    func end() async throws {
        if !body.isWhole {
            await body.discard()
            throw Ended()
        }
    }

    /// Whether the client expects the connection to close, as ``PersistenceHandler`` determined.
    ///
    /// The framework closes it then.
    private var isLast: Bool { request.headers[.connection] == PersistenceHandler.close }

    private func head(of answer: HTTPServerResponse, closes: Bool) -> HTTPResponse {
        var fields = HTTPFields()
        for (name, value) in answer.fields.sorted(by: { $0.key < $1.key }) {
            if let name = HTTPFields.Element.Name(name) { fields[name] = value }
        }
        let status = HTTPResponse.Status(code: answer.status)
        if status.code != 204 { fields[.contentLength] = String(answer.body.count) }
        if closes { fields[.connection] = "close" }
        return HTTPResponse(status: status, headerFields: fields)
    }

    private struct Ended: Error {}
}
