/// A second net under the logs: blots out what looks like a secret or an address of a person.
///
/// Secrets are ``Domain/Secret`` and cannot be printed; this is for what another side says in its
/// error text, and for the mistake nobody has made yet.
///
/// Sources: token prefixes from
/// <https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats>,
/// signed addresses of Azure (`sig`) and AWS (`X-Amz-Signature`), PEM from RFC 7468.
enum Redactor {
    /// What stands in place of what was blotted out.
    static let mark = "<redacted>"

    /// A kind of secret: the text without which it cannot be there, and what it looks like.
    private struct Shape {
        let marker: String
        /// What of a match stays in front of the mark is its group.
        let pattern: @Sendable () -> Regex<(Substring, Substring)>
    }

    private static let shapes = [
        Shape(marker: "-----BEGIN") {
            /()-----BEGIN [A-Z0-9 ]+-----(?s:.*?)(?:-----END [A-Z0-9 ]+-----|$)/
        },
        Shape(marker: "gh") { /()\bgh[a-z]_[A-Za-z0-9_.\-]+/ },
        Shape(marker: "github_pat_") { /()github_pat_[A-Za-z0-9_]+/ },
        Shape(marker: "earer ") { /([Bb]earer\s+)[A-Za-z0-9\-._~+\/]+=*/ },
        Shape(marker: "asic ") { /([Bb]asic\s+)[A-Za-z0-9+\/]{8,}=*/ },
        Shape(marker: "eyJ") { /()eyJ[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]+(?:\.[A-Za-z0-9_\-]*)?/ },
        Shape(marker: "=") {
            /((?i:\b(?:sig|X-Amz-Signature|X-Amz-Security-Token))=)[^&\s"'<>]+/
        },
        Shape(marker: "=") {
            /((?i:\b(?:access_token|refresh_token|client_secret)|[?&](?:code|state|token))=)[^&\s"'<>]+/
        },
        // The part before the @ has at most 64 bytes, RFC 5321 section 4.5.3.1.1; without that bound
        // a long word would be searched from each of its letters to its end.
        Shape(marker: "@") {
            /()[A-Za-z0-9.!#$%&'*+\/=?^_`{|}~\-]{1,64}@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*/
        },
    ]

    /// Blots out every known shape.
    static func redact(_ text: String) -> String {
        shapes.reduce(text) { text, shape in
            guard text.contains(shape.marker) else { return text }
            // Scalars, not characters: an accent after the last letter must not save that letter.
            return text.replacing(shape.pattern().matchingSemantics(.unicodeScalar)) {
                "\($0.output.1)\(mark)"
            }
        }
    }
}
