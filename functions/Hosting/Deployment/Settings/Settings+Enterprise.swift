import Domain
import GitHub

extension Settings {
    /// Reads the enterprise and its token, which are of no use without each other.
    static func enterprise(from reader: inout SettingsReader) -> EnterpriseAccount? {
        let slug = reader.value(
            .enterprise,
            "the slug of an enterprise: letters, digits and hyphens, as in the address "
                + "https://github.com/enterprises/NAME", EnterpriseAccount.slug)
        let token = reader.value(.billingToken, "one token, without spaces") { text in
            text.utf8.allSatisfy { 0x21...0x7e ~= $0 } ? Secret(text) : nil
        }
        for (variable, other) in [
            (Variable.enterprise, Variable.billingToken), (.billingToken, .enterprise),
        ] where reader.text(variable) == nil && reader.text(other) != nil {
            reader.refuse(
                variable,
                """
                is not set, but \(other.rawValue) is. Set it to \(variable.entry.meaning), or remove \
                \(other.rawValue).
                """)
        }
        guard let slug, let token else { return nil }
        return EnterpriseAccount(slug: slug, token: token)
    }
}

extension EnterpriseAccount {
    /// A warning about a token that GitHub will not accept.
    var tokenWarning: String? {
        wrongTokenKind.map { kind in
            """
            GITHUB_BILLING_TOKEN is \(kind), and GitHub gives the bill of an enterprise only to \
            classic tokens.
            """
        }
    }
}
