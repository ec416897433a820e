/// A second safeguard for logs: redacts text that looks like a secret or a personal e-mail address.
///
/// Secrets are ``Domain/Secret`` and cannot be printed. The redactor covers error text from other
/// systems, and future mistakes.
///
/// Sources: token prefixes from
/// <https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats>,
/// signed URLs of Azure (`sig`) and AWS (`X-Amz-Signature`), PEM from RFC 7468.
enum Redactor {
    /// The replacement for redacted text.
    static let mark = "<redacted>"

    /// A kind of secret: a marker that every match contains, and a pattern.
    private struct Shape {
        let marker: String
        /// The pattern, whose group is the part of a match that stays in front of the mark.
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
        // The part before the @ has at most 64 bytes, RFC 5321 section 4.5.3.1.1. Without that
        // bound, a long word would be searched from each of its letters to its end.
        Shape(marker: "@") {
            /()[A-Za-z0-9.!#$%&'*+\/=?^_`{|}~\-]{1,64}@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*/
        },
    ]

    /// Redacts every known kind of secret.
    static func redact(_ text: String) -> String {
        shapes.reduce(text) { text, shape in
            guard text.contains(shape.marker) else { return text }
            // Scalars, not characters: an accent must not exempt the letter before it.
            return text.replacing(shape.pattern().matchingSemantics(.unicodeScalar)) {
                "\($0.output.1)\(mark)"
            }
        }
    }
}
