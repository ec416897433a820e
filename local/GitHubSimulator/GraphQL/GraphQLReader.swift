import Domain

/// What a query's arguments stand for, and whether the query may be asked at all.
struct GraphQLReader: Sendable {
    let variables: JSONValue?

    /// The fields that exist, by the field they are below; the empty name is the query itself.
    private static let schema: [String: Set<String>] = [
        "query": ["organization", "rateLimit"],
        "rateLimit": ["cost", "limit", "remaining", "used", "resetAt"],
        "organization": ["login", "databaseId", "membersWithRole"],
        "membersWithRole": ["totalCount", "pageInfo", "nodes"],
        "pageInfo": ["hasNextPage", "endCursor"],
        "nodes": ["databaseId", "login", "name", "organizationVerifiedDomainEmails"],
    ]

    /// Checks a query against the schema and GitHub's limits.
    ///
    /// - Throws: A syntax error with GitHub's sentence.
    func check(_ query: GraphQLSelection) throws(GraphQLParser.SyntaxError) {
        try checkFields(query)
        guard let organization = query["organization"] else { return }
        guard text(organization.arguments["login"]) != nil else {
            throw .init(message: "Field 'organization' is missing required arguments: login")
        }
        guard let members = organization["membersWithRole"] else { return }
        guard let first = number(members.arguments["first"]) else {
            throw .init(
                message: "You must provide a `first` or `last` value to properly paginate the "
                    + "`membersWithRole` connection.")
        }
        guard 1...100 ~= first else {
            throw .init(
                message: "Requesting \(first) records on the `membersWithRole` connection exceeds "
                    + "the `first` limit of 100 records.")
        }
        guard let emails = members["nodes"]?["organizationVerifiedDomainEmails"] else { return }
        guard text(emails.arguments["login"]) == text(organization.arguments["login"]) else {
            throw .init(
                message: "Field 'organizationVerifiedDomainEmails' needs the login of the "
                    + "organization")
        }
    }

    private func checkFields(_ selection: GraphQLSelection) throws(GraphQLParser.SyntaxError) {
        for child in selection.children {
            guard Self.schema[selection.name]?.contains(child.name) ?? false else {
                throw .init(
                    message: "Field '\(child.name)' doesn't exist on type '\(selection.name)'")
            }
            guard (Self.schema[child.name] != nil) == !child.children.isEmpty else {
                throw .init(
                    message: "Field '\(child.name)' must have selections just when it is an object")
            }
            try checkFields(child)
        }
    }

    /// How many members a query asks for.
    func pageSize(_ query: GraphQLSelection) -> Int {
        number(query["organization"]?["membersWithRole"]?.arguments["first"]) ?? 0
    }

    /// The text of an argument; nil if it is null or none.
    func text(_ argument: GraphQLSelection.Argument?) -> String? {
        switch argument {
        case .text(let text): text
        case .variable(let name): variables?[name]?.text
        default: nil
        }
    }

    /// The number of an argument.
    func number(_ argument: GraphQLSelection.Argument?) -> Int? {
        switch argument {
        case .number(let text): Int(text)
        case .variable(let name):
            if case .integer(let number)? = variables?[name] { Int(number) } else { nil }
        default: nil
        }
    }
}

extension GraphQLSelection {
    /// The object with just the fields that were selected.
    func select(_ fields: [String: JSONValue]) -> JSONValue {
        let names = Set(children.map(\.name))
        return .object(fields.filter { names.contains($0.key) })
    }
}
