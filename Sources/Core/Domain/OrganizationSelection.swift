/// The organizations that are collected, as `ORGANIZATIONS` and `ORGANIZATIONS_EXCEPT` say.
///
///     let selection = OrganizationSelection(
///         only: OrganizationPatterns("acme*"), except: OrganizationPatterns("acme-sandbox"))
public struct OrganizationSelection: Hashable, Sendable {
    /// Every organization.
    public static let all = OrganizationSelection()

    private let only: OrganizationPatterns?
    private let except: OrganizationPatterns?

    /// Creates a selection.
    ///
    /// - Parameters:
    ///   - only: The value of `ORGANIZATIONS`; nil for all.
    ///   - except: The value of `ORGANIZATIONS_EXCEPT`; nil for none.
    public init(only: OrganizationPatterns? = nil, except: OrganizationPatterns? = nil) {
        self.only = only
        self.except = except
    }

    /// The organizations that are asked for by their login, without a `*`, and are not left out.
    public var names: [OrganizationLogin] {
        (only?.logins ?? []).filter { reasonToLeaveOut($0) == nil }
    }

    /// The organizations that are asked for by their login and left out all the same.
    public var contradictions: [OrganizationLogin] {
        (only?.logins ?? []).filter { reasonToLeaveOut($0) != nil }
    }

    /// Why an organization is not collected; nil if it is.
    public func reasonToLeaveOut(_ organization: OrganizationLogin) -> String? {
        if let except, except.match(organization) {
            return "ORGANIZATIONS_EXCEPT leaves it out"
        }
        if let only, !only.match(organization) { return "ORGANIZATIONS does not name it" }
        return nil
    }
}

/// Logins of organizations in which `*` stands for any text, separated by spaces or commas.
public struct OrganizationPatterns: Hashable, Sendable {
    /// The pieces of each pattern between its asterisks, in lower case.
    private let patterns: [[String]]
    /// The patterns without an asterisk.
    fileprivate let logins: [OrganizationLogin]

    /// Parses patterns; nil if there is none, or if one cannot match any login.
    public init?(_ text: String) {
        let words = text.split { $0 == "," || $0.isWhitespace }
        // Whatever an asterisk stands for, the rest must be part of a login.
        let isValid = words.allSatisfy { word in
            word.allSatisfy { $0 == "*" } || OrganizationLogin(word.filter { $0 != "*" }) != nil
        }
        guard isValid, !words.isEmpty else { return nil }
        patterns = words.map { word in
            word.lowercased().split(separator: "*", omittingEmptySubsequences: false)
                .map(String.init)
        }
        logins = words.compactMap { OrganizationLogin(String($0)) }
    }

    /// Whether a pattern matches an organization; GitHub ignores case in logins.
    public func match(_ organization: OrganizationLogin) -> Bool {
        let login = organization.description.lowercased()
        return patterns.contains { Self.match($0, login) }
    }

    private static func match(_ pieces: [String], _ login: String) -> Bool {
        guard let first = pieces.first, let last = pieces.last else { return false }
        guard pieces.count > 1 else { return login == first }
        guard login.hasPrefix(first), login.utf8.count >= first.utf8.count + last.utf8.count,
            login.hasSuffix(last)
        else { return false }
        var rest = login.dropFirst(first.count).dropLast(last.count)
        // The first place of each piece leaves the most room for those that follow.
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let place = rest.firstRange(of: piece) else { return false }
            rest = rest[place.upperBound...]
        }
        return true
    }
}
