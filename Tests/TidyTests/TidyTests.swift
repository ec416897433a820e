import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The house rules that no formatter knows, each with the reason it is there.
@Suite("The tree")
struct TidyTests {
    /// A rule: where a word may stand, and why nowhere else.
    struct Rule: CustomTestStringConvertible {
        let word: String
        /// What a file's path begins with where the word may stand; none for nowhere.
        let homes: [String]
        let why: String

        var testDescription: String { word }

        /// Whether the word stands in a line, and not as the end of a longer one.
        func isBroken(by line: Substring) -> Bool {
            line.ranges(of: word).contains { range in
                let before = line[..<range.lowerBound].last
                return before?.isLetter != true
            }
        }
    }

    // A table reads by its columns, so the formatter leaves it alone.
    // swift-format-ignore
    static let rules = [
        Rule(word: "Date()", homes: ["Sources/Adapters/SystemClock/"], why: "time comes from a WallClock, so that a replay can set it"),
        Rule(word: "Date.now", homes: ["Sources/Adapters/SystemClock/"], why: "time comes from a WallClock, so that a replay can set it"),
        Rule(word: "clock_gettime", homes: ["Sources/Adapters/SystemClock/"], why: "time comes from a WallClock, so that a replay can set it"),
        Rule(word: "ProcessInfo", homes: ["functions/Hosting/Command/", "local/Command/"], why: "the environment is read once, where a program starts"),
        Rule(word: "getenv", homes: [], why: "the environment is read once, where a program starts"),
        Rule(word: "import CCurl", homes: ["Sources/Adapters/CurlHTTP/"], why: "one adapter knows libcurl"),
        Rule(word: "import COpenSSL", homes: ["Sources/Adapters/OpenSSLCrypto/", "Sources/Adapters/ContentMD5/"], why: "one adapter knows libssl, and bodies have checksums"),
        Rule(word: "import CSnappy", homes: ["Sources/Adapters/RemoteWrite/"], why: "one adapter knows snappy"),
        Rule(word: "import CSimdJSON", homes: ["Sources/Core/JSONTape/"], why: "one target knows simdjson"),
        Rule(word: "import CPostgres", homes: ["Sources/Adapters/Postgres/"], why: "one adapter knows libpq"),
        Rule(word: "import CXXHash", homes: ["Sources/Adapters/DurableFiles/", "Sources/Core/Reports/"], why: "fingerprints of records and of lines on disk, and nothing else"),
        Rule(word: "try!", homes: [], why: "a failure has a code"),
        Rule(word: "FIXME", homes: [], why: "finish it or file it"),
        Rule(word: "TODO", homes: [], why: "finish it or file it"),
        Rule(word: "print(", homes: ["functions/Hosting/Command/", "local/Command/"], why: "standard output belongs to the result of a command"),
        Rule(word: "fatalError(", homes: [], why: "a failure is thrown; what cannot be is a precondition with its sentence"),
        Rule(word: "@preconcurrency", homes: [], why: "a race is excluded by types or by a lock"),
        Rule(word: "swift-format-ignore-file", homes: [], why: "an exception has the size of its reason"),
    ]

    @Test("keeps words where they belong", arguments: rules)
    func words(rule: Rule) throws {
        for file in try Tree.files(below: ["Sources", "functions", "local"])
        where !rule.homes.contains(where: file.hasPrefix) {
            for (number, line) in try Tree.lines(of: file, with: rule.word)
            where rule.isBroken(by: line) {
                Issue.record("\(file):\(number) has \(rule.word): \(rule.why)")
            }
        }
    }

    @Test("never imports all of Foundation: it weighs 44 MB and nothing here needs it")
    func foundation() throws {
        for file in try Tree.files(below: ["Sources", "functions", "local", "Tests"]) {
            let lines = try Tree.lines(of: file)
            for (index, line) in lines.enumerated() {
                let words = line.text.split(separator: " ")
                guard words.suffix(2) == ["import", "Foundation"] else { continue }
                // The other branch of `#if canImport(FoundationEssentials)` is for platforms that
                // have nothing smaller.
                let before = lines[..<index].last { $0.text.hasPrefix("#") }?.text
                #expect(before == "#else", "\(file):\(line.number) imports Foundation")
            }
        }
    }

    @Test("lets functions see seams, and no adapter and not each other")
    func functions() throws {
        let allowed: Set<Substring> = [
            "Authorization", "CollectedDays", "Domain", "FoundationEssentials", "Foundation",
            "FunctionInterface", "GitHub", "HTML", "Ports", "Problems", "Reports", "Toolbox",
        ]
        for file in try Tree.files(below: ["functions"])
        where file.hasPrefix("functions/On") {
            for (number, line) in try Tree.lines(of: file) {
                guard let module = Tree.imported(line) else { continue }
                #expect(allowed.contains(module), "\(file):\(number) imports \(module)")
            }
        }
    }

    @Test("lets only the composition root, the local program and tests see adapters")
    func adapters() throws {
        let adapters = Set(
            try FileManager.default.contentsOfDirectory(atPath: "\(Tree.root)/Sources/Adapters")
                .map { Substring($0) })
        for file in try Tree.files(below: ["Sources/Core", "functions", "local"])
        where !file.hasPrefix("functions/Hosting/Deployment/") {
            for (number, line) in try Tree.lines(of: file) {
                guard let module = Tree.imported(line), adapters.contains(module) else { continue }
                let isSimulation = file.hasPrefix("local/GitHubSimulator/")
                #expect(isSimulation, "\(file):\(number) imports the adapter \(module)")
            }
        }
    }

    @Test(
        "lets inner targets see nothing further out",
        arguments: [
            ("Sources/Core/Domain", ["FoundationEssentials", "Foundation"]),
            (
                "Sources/Core/Ports",
                ["Domain", "FoundationEssentials", "Foundation", "Synchronization"]
            ),
            (
                "Sources/Core/CloudEvents",
                ["Domain", "Ports", "Toolbox", "FoundationEssentials", "Foundation"]
            ),
        ])
    func layers(folder: String, allowed: [Substring]) throws {
        for file in try Tree.files(below: [folder]) {
            for (number, line) in try Tree.lines(of: file) {
                guard let module = Tree.imported(line) else { continue }
                #expect(allowed.contains(module), "\(file):\(number) imports \(module)")
            }
        }
    }

    @Test("sorts the imports of each block, and imports nothing twice")
    func imports() throws {
        for file in try Tree.files(below: ["Sources", "functions", "local", "Tests"]) {
            var block: [Substring] = []
            for line in try Tree.lines(of: file) {
                let words = line.text.split(separator: " ")
                guard let at = words.firstIndex(of: "import"), at + 2 == words.count,
                    words[..<at].allSatisfy({ $0.first == "@" || Tree.levels.contains($0) })
                else {
                    block = []
                    continue
                }
                let module = words[at + 1]
                #expect(
                    block.allSatisfy { $0 < module },
                    "\(file):\(line.number) imports \(module) after \(block.last ?? "")")
                block.append(module)
            }
        }
    }

    @Test("says why beside each @unchecked Sendable")
    func unchecked() throws {
        for file in try Tree.files(below: ["Sources", "functions", "local"]) {
            let lines = try Tree.lines(of: file)
            for (index, line) in lines.enumerated() where line.text.contains("@unchecked") {
                let around = lines[max(0, index - 3)...index].map(\.text)
                #expect(
                    around.contains { $0.contains("//") },
                    "\(file):\(line.number): say why it is safe")
            }
        }
    }

    /// Names of the standard library: a type with one of them, even a nested one, makes code that
    /// uses both read wrongly.
    static let standardNames: Set<Substring> = [
        "Actor", "AnyHashable", "Array", "ArraySlice", "Bool", "Character", "Clock", "ClosedRange",
        "Codable", "Collection", "Comparable", "Decodable", "Decoder", "Dictionary", "Double",
        "Duration", "Encodable", "Encoder", "Equatable", "Error", "Executor", "Float", "Hashable",
        "Hasher", "Identifiable", "Int", "IteratorProtocol", "Mirror", "Mutex", "Never",
        "Optional", "OptionSet", "Range", "RawRepresentable", "Regex", "Result", "Sendable",
        "Sequence", "Set", "Slice", "Span", "StaticString", "Strideable", "String",
        "StringProtocol", "Substring", "Task", "TaskGroup", "UInt", "Unicode", "Unmanaged",
        "Void",
    ]

    /// Names of Foundation and HTTPTypes, which a top-level type must not have.
    static let foundationNames: Set<Substring> = [
        "Bundle", "Calendar", "CharacterSet", "Data", "Date", "DateComponents", "DateFormatter",
        "DateInterval", "Decimal", "Dimension", "Expression", "FileHandle", "FileManager",
        "Formatter", "HTTPField", "HTTPFields", "HTTPRequest", "HTTPResponse", "Host",
        "IndexPath", "IndexSet", "InputStream", "JSONDecoder", "JSONEncoder", "Locale", "Lock",
        "Measurement", "Message", "Notification", "NSLock", "Operation", "OperationQueue",
        "OutputStream", "Pipe", "Port", "Predicate", "Process", "ProcessInfo", "Progress",
        "RunLoop", "Scanner", "Stream", "Thread", "TimeZone", "Timer", "URL", "URLComponents",
        "URLQueryItem", "URLRequest", "URLResponse", "URLSession", "UUID", "Unit",
        "UserDefaults",
    ]

    @Test("gives every top-level type a name of its own, and none that the libraries use")
    func names() throws {
        var homes: [Substring: String] = [:]
        for file in try Tree.files(below: ["Sources", "functions", "local"]) {
            for (number, line) in try Tree.lines(of: file) {
                guard let (name, isNested) = Tree.declaredType(line) else { continue }
                let place = "\(file):\(number)"
                let isTaken =
                    Self.standardNames.contains(name)
                    || !isNested && Self.foundationNames.contains(name)
                #expect(!isTaken, "\(place): \(name) is the name of a library's type")
                guard !isNested else { continue }
                if let home = homes[name] {
                    Issue.record("\(place): \(name) is also declared at \(home)")
                }
                homes[name] = place
            }
        }
        #expect(homes.count > 300)
    }
}

/// The working copy as a list of files.
private enum Tree {
    /// Where this file really is, because a listing does not follow links.
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath().path
        .split(separator: "/").dropLast(3).map { "/\($0)" }.joined()

    /// The Swift files below folders; a folder without any is a mistake in the rule that names it.
    static func files(below folders: [String]) throws -> [String] {
        try folders.flatMap { folder in
            let files = try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)")
                .filter { $0.hasSuffix(".swift") }.sorted().map { "\(folder)/\($0)" }
            try #require(!files.isEmpty, "\(folder) has no Swift file")
            return files
        }
    }

    /// The lines of a file; none if `word` is not in it, which is quicker to find out.
    static func lines(
        of file: String, with word: String = ""
    ) throws -> [(number: Int, text: Substring)] {
        let text = try String(contentsOfFile: "\(root)/\(file)", encoding: .utf8)
        guard word.isEmpty || text.contains(word) else { return [] }
        return
            text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .map { ($0.offset + 1, $0.element) }
    }

    /// The words that may stand before `import`.
    static let levels: Set<Substring> = ["public", "internal", "package"]

    /// The module that a line imports, if it imports one.
    static func imported(_ line: Substring) -> Substring? {
        let words = line.split(separator: " ")
        guard let at = words.firstIndex(of: "import"), at + 1 < words.count,
            words[..<at].allSatisfy({ levels.contains($0) })
        else { return nil }
        return words[at + 1]
    }
    /// The type that a line declares, if it declares one: its name, and whether it is nested.
    static func declaredType(_ line: Substring) -> (name: Substring, isNested: Bool)? {
        let words = line.split { $0 == " " || $0 == ":" || $0 == "<" || $0 == "(" }
        let kinds: Set<Substring> = [
            "struct", "enum", "class", "actor", "protocol", "typealias",
        ]
        guard let at = words.firstIndex(where: kinds.contains), at + 1 < words.count,
            words[..<at].allSatisfy({ word in
                word.hasPrefix("@") || modifiers.contains(word)
            })
        else { return nil }
        return (words[at + 1], line.first == " ")
    }

    private static let modifiers: Set<Substring> = [
        "public", "package", "internal", "private", "fileprivate", "final", "indirect",
        "nonisolated",
    ]
}
