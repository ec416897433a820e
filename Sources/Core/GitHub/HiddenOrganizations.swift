/// The organizations that GitHub leaves out of a list, because the person has no single sign-on session
/// for them.
///
/// GitHub reports them in the header `X-GitHub-SSO` of a response with status 200, such as
/// `partial-results; organizations=21955855,20582480`. Source:
/// <https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api>, "Personal access
/// tokens and SAML SSO".
public struct HiddenOrganizations: Hashable, Sendable {
    /// GitHub's numbers of the organizations that the header names.
    private var numbers: Set<String> = []
    /// Whether a header named none, so that nobody knows how many there are.
    private var areUncounted = false

    /// Creates an empty set.
    public init() {}

    /// Whether nothing is hidden.
    public var isEmpty: Bool { numbers.isEmpty && !areUncounted }

    /// Adds what the header of a response reports, if it has the header.
    mutating func add(_ fields: [String: String]) {
        let parts = (fields["x-github-sso"] ?? "").split(separator: ";").map {
            $0.filter { !$0.isWhitespace }
        }
        guard parts.first?.lowercased() == "partial-results" else { return }
        let lists = parts.filter { $0.lowercased().hasPrefix("organizations=") }
        let found = lists.flatMap { $0.drop { $0 != "=" }.dropFirst().split(separator: ",") }
        numbers.formUnion(found.map(String.init))
        if found.isEmpty { areUncounted = true }
    }

    /// How many organizations are hidden and how to see them; nil if none is.
    var notice: String? {
        guard !isEmpty else { return nil }
        let (number, them) =
            switch (numbers.count, areUncounted) {
            case (0, _): ("some organizations are", "them")
            case (1, false): ("1 organization is", "it")
            case (let count, false): ("\(count) organizations are", "them")
            case (let count, true): ("\(count) or more organizations are", "them")
            }
        return """
            \(number) hidden by SAML single sign-on, so nothing of \(them) is collected. Sign in to \
            \(them) in the browser, at GitHub, then authorize again
            """
    }
}
