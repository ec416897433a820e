public import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A file of variables in the form that shells and container tools have in common.
///
///     # a comment
///     export KEY=value        # a comment after a space
///     KEY='taken literally'
///     KEY="with \n, \t, \" and \\; a quoted value may span lines, as a private key does"
///
/// Nothing is expanded: `$` is a dollar sign. The last of several values of one variable wins.
public enum EnvironmentFile {
    /// Reads a file of variables.
    ///
    /// - Parameter path: The file, which relative paths in it are relative to.
    /// - Returns: The values by name.
    /// - Throws: `misconfigured` if the file cannot be read, or naming each wrong line.
    public static func read(_ path: String) throws(Failure) -> [String: String] {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw Failure(
                .misconfigured,
                "Cannot read --env-file \(path). Check the path and the permissions, and that the file"
                    + " is UTF-8.")
        }
        let variables = try variables(in: text, of: path)
        return folder(of: path).map { resolve(variables, in: $0) } ?? variables
    }

    /// Reads variables from the text of a file.
    ///
    /// - Parameters:
    ///   - text: The content of the file.
    ///   - path: The path for error messages.
    /// - Returns: The values by name.
    /// - Throws: `misconfigured`, naming each wrong line without its content.
    public static func variables(
        in text: String, of path: String
    ) throws(Failure) -> [String: String] {
        var parser = Parser(text)
        while !parser.isAtEnd { parser.readLine() }
        guard parser.problems.isEmpty else {
            throw Failure(
                .misconfigured,
                parser.problems.map { "\(path), line \($0.line): \($0.what)" }
                    .joined(separator: "\n"))
        }
        return parser.variables
    }
}

/// Works on scalars, because a `Character` may contain two scalars of a line break.
private struct Parser {
    private(set) var variables: [String: String] = [:]
    private(set) var problems: [(line: Int, what: String)] = []
    private var rest: Substring.UnicodeScalarView
    private var line = 1

    init(_ text: String) {
        rest = text.unicodeScalars[...]
        if rest.first == "\u{FEFF}" { rest.removeFirst() }
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func readLine() {
        let start = line
        skipSpaces()
        if let first = rest.first, first != "#", first != "\r", first != "\n" {
            do throws(Complaint) {
                let name = try readName()
                variables[name] = try readValue()
                try readEnd()
            } catch {
                problems.append((start, error.sentence))
            }
        }
        _ = take { $0 != "\n" }
        if !rest.isEmpty {
            rest.removeFirst()
            line += 1
        }
    }

    private mutating func readName() throws(Complaint) -> String {
        var name = take(Self.isOfName)
        if name == "export", rest.first != "=" {
            skipSpaces()
            name = take(Self.isOfName)
        }
        guard let first = name.unicodeScalars.first, !("0"..."9").contains(first) else {
            throw Complaint("expected NAME=value, or a comment that begins with #")
        }
        guard rest.first == "=" else {
            throw Complaint("expected = directly after the name")
        }
        rest.removeFirst()
        return name
    }

    private mutating func readValue() throws(Complaint) -> String {
        skipSpaces()
        guard let quote = rest.first, quote == "\"" || quote == "'" else {
            var value = ""
            // A # after a space begins a comment; elsewhere it is part of a word.
            while let next = rest.first, next != "\n", next != "\r" {
                if next == "#", value.isEmpty || value.last == " " || value.last == "\t" { break }
                value.unicodeScalars.append(rest.removeFirst())
            }
            while value.last == " " || value.last == "\t" { value.removeLast() }
            return value
        }
        rest.removeFirst()
        var value = ""
        while let next = rest.popFirst() {
            if next == quote { return value }
            if next == "\n" { line += 1 }
            if next == "\r", rest.first == "\n" { continue }
            if next == "\\", quote == "\"", let escaped = rest.popFirst() {
                switch escaped {
                case "n": value += "\n"
                case "r": value += "\r"
                case "t": value += "\t"
                case "\"", "\\", "$": value.unicodeScalars.append(escaped)
                default: throw Complaint("unknown escape sequence; write \\\\ for a backslash")
                }
            } else {
                value.unicodeScalars.append(next)
            }
        }
        throw Complaint("the opening quote has no closing quote")
    }

    private mutating func readEnd() throws(Complaint) {
        skipSpaces()
        switch rest.first {
        case nil, "\n", "\r", "#": return
        default: throw Complaint("unexpected text after the closing quote")
        }
    }

    private mutating func skipSpaces() { _ = take { $0 == " " || $0 == "\t" } }

    private mutating func take(_ isWanted: (Unicode.Scalar) -> Bool) -> String {
        let taken = rest.prefix(while: isWanted)
        rest = rest[taken.endIndex...]
        return String(taken)
    }

    private static func isOfName(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.isASCII && scalar.properties.isAlphabetic
            || ("0"..."9").contains(scalar)
    }
}

/// The problem with a line.
private struct Complaint: Error {
    let sentence: String

    init(_ sentence: String) { self.sentence = sentence }
}
