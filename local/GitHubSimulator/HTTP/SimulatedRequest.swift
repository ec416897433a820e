import Domain
import HTTPTypes
import Toolbox

/// A request to the simulated GitHub, with its body and its time of arrival.
struct SimulatedRequest: Sendable {
    /// The listener that the request reached.
    enum Role: Sendable {
        /// github.com and api.github.com in one.
        case api
        /// The host that signed report links point to.
        case reportHost
    }

    let role: Role
    let method: String
    let path: String
    /// The query as it was sent, without the `?`.
    let rawQuery: String
    /// Header fields by lowercase name.
    let fields: [String: String]
    let body: [UInt8]
    /// When the request arrived, by the simulator's clock.
    let moment: Timestamp
    /// The values at the `{name}` places of the route; empty before a route matches.
    var parameters: [String: String] = [:]

    init(
        role: Role, method: String, target: String, fields: [String: String], body: [UInt8],
        moment: Timestamp
    ) {
        let end = target.utf8.firstIndex(of: UInt8(ascii: "?"))
        self.role = role
        self.method = method
        self.path = String(target[..<(end ?? target.endIndex)])
        self.rawQuery = end.map { String(target[$0...].dropFirst()) } ?? ""
        self.fields = fields
        self.body = body
        self.moment = moment
    }

    /// Converts a request of the HTTP server; of a repeated header field, the last value counts.
    init(role: Role, head: HTTPRequest, body: [UInt8], moment: Timestamp) {
        var fields: [String: String] = [:]
        for field in head.headerFields { fields[field.name.canonicalName] = field.value }
        self.init(
            role: role, method: head.method.rawValue, target: head.path ?? "/", fields: fields,
            body: body, moment: moment)
    }

    /// The names and values of the query, in order.
    var query: Form { Form(rawQuery) }

    /// The body as form fields, or the string members of a JSON object: GitHub accepts either.
    var form: Form {
        let isJSON = fields["content-type"]?.hasPrefix("application/json") ?? false
        guard isJSON else { return Form(String(decoding: body, as: UTF8.self)) }
        guard case .object(let members)? = json else { return Form("") }
        return Form(
            members.sorted { $0.key < $1.key }.compactMap { name, value in
                value.text.map { (name, $0) }
            })
    }

    /// The body as JSON; nil if it is not JSON.
    var json: JSONValue? { JSON.value(body) }

    /// The value at a `{name}` place of the route; empty if the route has no such place.
    func parameter(_ name: String) -> String { parameters[name] ?? "" }
}
