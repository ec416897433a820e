/// The header `X-GitHub-SSO`, by which GitHub reports what single sign-on hides.
///
/// Source: <https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api>,
/// "Personal access tokens and SAML SSO".
enum SingleSignOn {
    /// The numbers of the organizations that are missing in a list, for want of a session.
    ///
    /// - Parameter fields: The headers of a response with status 200, where the field is, for
    ///   example, `partial-results; organizations=21955855,20582480`.
    static func hidden(in fields: [String: String]) -> Set<String> {
        let parts = (fields["x-github-sso"] ?? "").split(separator: ";").map {
            $0.filter { !$0.isWhitespace }
        }
        guard parts.first?.lowercased() == "partial-results" else { return [] }
        let lists = parts.filter { $0.lowercased().hasPrefix("organizations=") }
        return Set(
            lists.flatMap { $0.drop { $0 != "=" }.dropFirst().split(separator: ",") }
                .map(String.init))
    }
}
