import Domain
import Ports
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The table that assigns a failure to every refusal of GitHub's GraphQL API.
///
/// They have status 200 and a list of errors, whose types are only partly documented:
/// <https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api>.
/// Clients in public report `RATE_LIMIT` with the code `graphql_rate_limit` while requests remain, and
/// allow lists and single sign-on as `FORBIDDEN` with a message.
enum GraphQLRefusals {
    // swift-format-ignore
    private static let rows: [RefusalTable.Row<Reply>] = [
        .init(matches: { $0.has("RATE_LIMITED", "RATE_LIMIT", "graphql_rate_limit") || $0.mentions("rate limit") }, code: .rateLimited, advice: RefusalTable.limited),
        .init(matches: { $0.mentions("ip allow list", "ip address is not permitted") }, code: .forbidden, advice: RefusalTable.allowList),
        .init(matches: { $0.mentions("saml", "single sign-on") || $0.fields["x-github-sso"] != nil }, code: .forbidden, advice: RefusalTable.signOn),
        .init(matches: { $0.mentions("has been suspended") }, code: .suspended, advice: RefusalTable.suspended),
        .init(matches: { $0.mentions("bad credentials") }, code: .unauthorized, advice: RefusalTable.token, isAboutToken: true),
        .init(matches: { $0.has("FORBIDDEN", "INSUFFICIENT_SCOPES") || $0.mentions("not accessible by") }, code: .forbidden, advice: RefusalTable.permission, isAboutToken: true),
        .init(matches: { $0.has("NOT_FOUND") }, code: .notFound, advice: \.request.missing),
        // The last request of an hour can be refused for a reason above. Otherwise it is the limit.
        .init(matches: { RateLimit.isUsedUp($0.fields) }, code: .rateLimited, advice: RefusalTable.limited),
        // A query that takes GitHub too long is one of several reasons for an error without a type.
        gaveUp,
    ]

    // swift-format-ignore
    private static let gaveUp = RefusalTable.Row<Reply>(matches: { _ in true }, code: .unavailable, advice: RefusalTable.unavailable, isAboutSize: true)

    /// Returns what a response with status 200 stands for if it has errors, and too little data; else nil.
    static func refusal(
        in response: APIResponse, to request: APIRequest, at now: Timestamp
    ) -> Refusal? {
        guard let reply = Reply(response) else { return nil }
        let rows: [RefusalTable.Row<Reply>] =
            switch reply.extent {
            case .nothing: rows
            case .fragment: [gaveUp]
            case .part: request.mayBeSmaller ? [gaveUp] : []
            case .page: []
            }
        return RefusalTable.refusal(
            rows, for: reply, response, to: request, at: now, hasReset: true)
    }

    /// How much of the answer is there, beside the errors about the rest.
    private enum Extent {
        case nothing
        /// Too little to go on with: no place of the next page, or no member because GitHub gave up.
        case fragment
        /// A page, of which GitHub computed only a part; a smaller one may be whole.
        case part
        /// A page, even if GitHub withholds some of its members.
        case page
    }

    /// The parts of a response with errors that the table decides by.
    private struct Reply {
        let fields: [String: String]
        /// The answer to the query.
        private let data: JSONValue
        private let words: Set<String>
        private let messages: [String]

        /// Reads a response; nil if it has no errors.
        init?(_ response: APIResponse) {
            let bytes = Data(response.bytes)
            // Most responses are pages without errors, so the whole is decoded only after these.
            guard let found = try? JSONDecoder().decode(Errors.self, from: bytes).errors,
                !found.isEmpty
            else { return nil }
            fields = response.fields
            data = JSON.value(response.bytes)?["data"] ?? .null
            let errors = found.compactMap(\.value)
            words = Set(
                errors.flatMap { [$0.type, $0.code, $0.extensions?.code] }.compactMap(\.self))
            messages = errors.compactMap { $0.message?.lowercased() }
        }

        var extent: Extent {
            guard data.hasContent else { return .nothing }
            guard case .object(let connection)? = data["organization"]?["membersWithRole"] else {
                return .page
            }
            guard connection["pageInfo"]?.hasContent ?? false else { return .fragment }
            let isTooLarge = has("RESOURCE_LIMITS_EXCEEDED")
            guard isTooLarge || mentions("something went wrong", "timeout", "timed out") else {
                return .page
            }
            guard case .array(let nodes)? = connection["nodes"],
                nodes.contains(where: { $0 != .null })
            else { return .fragment }
            // One member that GitHub fails to describe is not a reason for smaller pages.
            return isTooLarge ? .part : .page
        }

        func has(_ types: String...) -> Bool { types.contains(where: words.contains) }

        func mentions(_ phrases: String...) -> Bool {
            messages.contains { message in phrases.contains { message.contains($0) } }
        }
    }

    private struct Errors: Decodable { var errors: [Tolerant<Problem>]? }

    private struct Problem: Decodable {
        struct Extensions: Decodable { var code: String? }

        var type: String?
        var code: String?
        var message: String?
        var extensions: Extensions?
    }
}

extension JSONValue {
    /// Whether anything in an answer is not null; an object of nulls contains nothing.
    fileprivate var hasContent: Bool {
        switch self {
        case .null: false
        case .object(let members): members.values.contains(where: \.hasContent)
        default: true
        }
    }
}
