import Domain
import HTTPTypes
import HummingbirdCore
import NIOCore
import Ports

/// One request and its answer on a connection.
struct Exchange {
    private let request: Request
    private let body: BodyReader
    private let limits: HTTPServer.Limits

    init(_ request: Request, _ limits: HTTPServer.Limits) {
        self.request = request
        self.limits = limits
        body = BodyReader(request, limits)
    }

    /// Whether the client waits for a word before it sends the body, RFC 9110 section 10.1.1, and
    /// gets it.
    var invitesBody: Bool {
        request.headers[.expect]?.lowercased() == "100-continue" && !body.isAnnouncedTooLarge
    }

    /// Answers the request.
    func response(by answer: HTTPServer.Responder) async -> Response {
        let answer = await answer(HTTPServerRequest(request, body: body))
        let head = head(of: answer, closes: !body.isWhole || isLast)
        // RFC 9110, section 9.3.2: an answer to HEAD is what GET has, without the body.
        guard request.method != .head else {
            return Response(status: head.status, headers: head.headerFields)
        }
        let bytes = ByteBuffer(bytes: answer.body)
        return Response(
            status: head.status, headers: head.headerFields, body: ResponseBody(byteBuffer: bytes))
    }

    /// Leaves the connection to the next request, once the answer is out.
    ///
    /// - Throws: What breaks the connection off, because it holds more of a body than is read.
    func end() async throws {
        if !body.isWhole {
            await body.discard()
            throw Ended()
        }
    }

    /// Whether the client waits for the end of the connection, as a ``PersistenceHandler`` found out.
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
