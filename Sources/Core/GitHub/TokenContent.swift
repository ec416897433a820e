import Domain
import Toolbox

/// The members of a response to a token request.
///
/// They come as JSON, or as a form where something in between removed the `accept` field of the request.
/// GitHub has used up the code or the refresh token by then, so a form is read too.
struct TokenContent: Sendable {
    private let members: JSONValue

    /// Reads a response; one that cannot be read has no members.
    init(_ response: APIResponse) {
        if response.fields["content-type"]?.hasPrefix("application/x-www-form-urlencoded") == true {
            let form = Form(String(decoding: response.bytes, as: UTF8.self))
            members = .object(form.first.mapValues(JSONValue.string))
        } else {
            members = JSON.value(response.bytes) ?? .null
        }
    }

    /// The value of a member; nil if it is absent or null.
    subscript(_ name: String) -> JSONValue? { members[name].flatMap { $0 == .null ? nil : $0 } }

    /// The text of a member; nil if it is absent, empty or not a text.
    func text(_ name: String) -> String? { self[name]?.text.flatMap { $0.isEmpty ? nil : $0 } }
}

extension JSONValue {
    /// The number, which a form writes as text; nil if the value is not one.
    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .string(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
        default: nil
        }
    }
}
