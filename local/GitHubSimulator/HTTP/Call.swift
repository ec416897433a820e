import Domain
import HTTPTypes
import Toolbox

/// A request as the simulated GitHub sees it, whole and with its moment.
struct Call: Sendable {
    /// Which of the two listeners it reached.
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
    /// Header fields by lower-case name.
    let fields: [String: String]
    let body: [UInt8]
    /// When it arrived, by the simulation's clock.
    let moment: Timestamp
    /// What stands at the `{name}` places of the route, once there is one.
    var parameters: [String: String] = [:]

    init(
        role: Role, method: String, target: String, fields: [String: String], body: [UInt8],
        moment: Timestamp
    ) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.role = role
        self.method = method
        self.path = String(parts[0])
        self.rawQuery = parts.count > 1 ? String(parts[1]) : ""
        self.fields = fields
        self.body = body
        self.moment = moment
    }

    /// Reads a request as the server has it; a field that is repeated counts once.
    init(role: Role, head: HTTPRequest, body: [UInt8], moment: Timestamp) {
        var fields: [String: String] = [:]
        for field in head.headerFields { fields[field.name.canonicalName] = field.value }
        self.init(
            role: role, method: head.method.rawValue, target: head.path ?? "/", fields: fields,
            body: body, moment: moment)
    }

    /// The query's names and values, in order.
    var query: Form { Form(rawQuery) }

    /// The body as a form, or as the members of a JSON object that are text: GitHub takes either.
    var form: Form {
        let isJSON = fields["content-type"]?.hasPrefix("application/json") ?? false
        guard isJSON else { return Form(String(decoding: body, as: UTF8.self)) }
        guard case .object(let members)? = json else { return Form("") }
        return Form(
            members.sorted { $0.key < $1.key }.compactMap { name, value in
                value.text.map { (name, $0) }
            })
    }

    /// The body as JSON; nil if it is none.
    var json: JSONValue? { JSONText.decode(body) }

    /// The parameter of the route called `name`; a route that has none is a mistake in the table.
    func parameter(_ name: String) -> String { parameters[name] ?? "" }
}
