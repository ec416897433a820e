/// A GraphQL selection: as much of the language as asks for fields with arguments.
///
/// Source: <https://spec.graphql.org/October2021/#sec-Document-Syntax>; fragments and directives are
/// left out, and refused.
struct GraphQLSelection: Sendable {
    /// An argument as it stands in the query.
    enum Argument: Hashable, Sendable {
        /// `$name`
        case variable(String)
        /// A number, as text.
        case number(String)
        /// Text.
        case text(String)
        /// Something else.
        case other(String)
    }

    let name: String
    var arguments: [String: Argument] = [:]
    var children: [GraphQLSelection] = []

    subscript(_ name: String) -> GraphQLSelection? { children.first { $0.name == name } }
}

/// Reads a query document with one operation.
struct GraphQLParser {
    /// Why a document cannot be read.
    struct SyntaxError: Error {
        let message: String
    }

    private var tokens: ArraySlice<String>

    /// Reads a document.
    ///
    /// - Parameter text: The document.
    /// - Returns: The operation, its variables as arguments by name and its fields as children.
    /// - Throws: ``SyntaxError``.
    static func parse(_ text: String) throws(SyntaxError) -> GraphQLSelection {
        var parser = GraphQLParser(tokens: try tokens(of: text)[...])
        var operation = GraphQLSelection(name: "query")
        if parser.tokens.first == "query" {
            parser.tokens.removeFirst()
            if let name = parser.tokens.first, name != "(", name != "{" {
                parser.tokens.removeFirst()
            }
            if parser.tokens.first == "(" { operation.arguments = try parser.variables() }
        }
        operation.children = try parser.selections()
        guard parser.tokens.isEmpty else { throw parser.unexpected() }
        return operation
    }

    private mutating func selections() throws(SyntaxError) -> [GraphQLSelection] {
        try take("{")
        var selections: [GraphQLSelection] = []
        while let name = tokens.first, name != "}" {
            try takeName()
            var selection = GraphQLSelection(name: name)
            if tokens.first == "(" { selection.arguments = try arguments() }
            if tokens.first == "{" { selection.children = try self.selections() }
            selections.append(selection)
        }
        try take("}")
        guard !selections.isEmpty else { throw SyntaxError(message: "a selection is empty") }
        return selections
    }

    private mutating func arguments() throws(SyntaxError) -> [String: GraphQLSelection.Argument] {
        try take("(")
        var arguments: [String: GraphQLSelection.Argument] = [:]
        while let name = tokens.first, name != ")" {
            try takeName()
            try take(":")
            guard let value = tokens.popFirst() else { throw unexpected() }
            arguments[name] =
                switch value.first {
                case "$": .variable(String(value.dropFirst()))
                case "\"": .text(String(value.dropFirst().dropLast()))
                case let digit? where digit.isNumber || digit == "-": .number(value)
                default: .other(value)
                }
        }
        try take(")")
        return arguments
    }

    /// Reads `($login: String!, $after: String)`; the type is kept as text.
    private mutating func variables() throws(SyntaxError) -> [String: GraphQLSelection.Argument] {
        try take("(")
        var variables: [String: GraphQLSelection.Argument] = [:]
        while let name = tokens.first, name.hasPrefix("$") {
            tokens.removeFirst()
            try take(":")
            guard var type = tokens.popFirst() else { throw unexpected() }
            if tokens.first == "!" { type += tokens.removeFirst() }
            variables[String(name.dropFirst())] = .other(type)
        }
        try take(")")
        return variables
    }

    private mutating func take(_ token: String) throws(SyntaxError) {
        guard tokens.first == token else { throw unexpected() }
        tokens.removeFirst()
    }

    private mutating func takeName() throws(SyntaxError) {
        guard let name = tokens.first, name.first?.isLetter ?? false else { throw unexpected() }
        tokens.removeFirst()
    }

    private func unexpected() -> SyntaxError {
        SyntaxError(message: "Parse error on \"\(tokens.first ?? "end of query")\"")
    }

    /// Splits into names, variables, numbers, text and signs; a comma is white space.
    private static func tokens(of text: String) throws(SyntaxError) -> [String] {
        var tokens: [String] = []
        var rest = text[...]
        while let first = rest.first {
            if first.isWhitespace || first == "," {
                rest.removeFirst()
            } else if first == "\"" {
                guard let end = rest.dropFirst().firstIndex(of: "\"") else {
                    throw SyntaxError(message: "text without an end")
                }
                tokens.append(String(rest[...end]))
                rest = rest[rest.index(after: end)...]
            } else if first.isLetter || first.isNumber || "$_-".contains(first) {
                let word = rest.prefix { $0.isLetter || $0.isNumber || "$_-".contains($0) }
                tokens.append(String(word))
                rest = rest[word.endIndex...]
            } else {
                tokens.append(String(first))
                rest.removeFirst()
            }
        }
        return tokens
    }
}
