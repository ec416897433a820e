public import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A file of variables in the form that shells and container tools share.
///
///     # a comment
///     export KEY=value        # a comment after a space
///     KEY='as it stands'
///     KEY="with \n, \t, \" and \\; a quoted value may span lines, as a private key does"
///
/// Nothing is expanded: `$` is a dollar sign. The last of several values of one variable holds.
public enum EnvironmentFile {
    /// Reads a file of variables.
    ///
    /// - Parameter path: The file.
    /// - Returns: The values by name.
    /// - Throws: `misconfigured` if the file cannot be read, or naming each line that is wrong.
    public static func read(_ path: String) throws(Failure) -> [String: String] {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw Failure(
                .misconfigured,
                "--env-file \(path) cannot be read: check the path, the permissions and that it is"
                    + " UTF-8")
        }
        return try variables(in: text, of: path)
    }

    /// Reads variables out of text.
    ///
    /// - Parameters:
    ///   - text: What the file holds.
    ///   - path: What the file is called, for the error.
    /// - Returns: The values by name.
    /// - Throws: `misconfigured`, naming each line that is wrong but not what stands there.
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

/// Works on scalars, because a `Character` may be two of what a line break is made of.
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
            throw Complaint("write NAME=value, or begin a comment with #")
        }
        guard rest.first == "=" else {
            throw Complaint("a = must follow the name at once, without a space")
        }
        rest.removeFirst()
        return name
    }

    private mutating func readValue() throws(Complaint) -> String {
        skipSpaces()
        guard let quote = rest.first, quote == "\"" || quote == "'" else {
            var value = ""
            // A # begins a comment where a space stands before it, and is part of a word elsewhere.
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
                default: throw Complaint("write \\\\ for a backslash in double quotes")
                }
            } else {
                value.unicodeScalars.append(next)
            }
        }
        throw Complaint("the quote that opens here is never closed")
    }

    private mutating func readEnd() throws(Complaint) {
        skipSpaces()
        switch rest.first {
        case nil, "\n", "\r", "#": return
        default: throw Complaint("something stands after the closing quote")
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

/// What is wrong with a line, as a sentence.
private struct Complaint: Error {
    let sentence: String

    init(_ sentence: String) { self.sentence = sentence }
}
