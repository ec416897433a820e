import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One page of the documentation.
struct Document: Sendable, CustomTestStringConvertible {
    /// The path from the root of the repository.
    let path: String
    /// The lines of the page, and which of them are inside a fenced block.
    let lines: [(text: Substring, isCode: Bool)]
    /// The fenced blocks.
    let blocks: [Block]

    var testDescription: String { path }

    /// Every page: those at the root, and those below `docs`.
    static let all: [Document] = {
        let files = FileManager.default
        let top = (try? files.contentsOfDirectory(atPath: Repository.root)) ?? []
        let below = (try? files.subpathsOfDirectory(atPath: "\(Repository.root)/docs")) ?? []
        return (top + below.map { "docs/\($0)" }).filter { $0.hasSuffix(".md") }.sorted()
            .compactMap { try? Document(path: $0) }
    }()

    /// Reads a page.
    init(path: String) throws {
        self.path = path
        let text = String(decoding: try Repository.bytes(path), as: UTF8.self)
        var lines: [(text: Substring, isCode: Bool)] = []
        var blocks: [Block] = []
        var open: (block: Block, indent: Int)?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let content = line.drop { $0 == " " }
            lines.append((line, open != nil || content.hasPrefix("```")))
            switch open {
            case nil where content.hasPrefix("```"):
                let language = content.dropFirst(3)
                open = (
                    Block(document: path, line: index + 1, language: String(language), text: ""),
                    line.count - content.count
                )
            case nil: break
            case .some(let (block, _)) where content == "```":
                blocks.append(block)
                open = nil
            case .some(let (_, indent)):
                // A block in a list is indented with it.
                open?.block.text += line.dropFirst(min(indent, line.count - content.count)) + "\n"
            }
        }
        self.lines = lines
        self.blocks = blocks
    }

    /// The anchors of the headings, as GitHub makes them.
    var anchors: Set<String> {
        var counts: [String: Int] = [:]
        for line in lines where !line.isCode && line.text.hasPrefix("#") {
            let title = line.text.drop { $0 == "#" }.drop { $0 == " " }
            let words = title.replacing(#/\[([^\]]*)\]\([^)]*\)/#) { $0.output.1 }.lowercased()
            let slug = words.compactMap { letter -> Character? in
                if letter == " " { return "-" }
                return letter.isLetter || letter.isNumber || "-_".contains(letter) ? letter : nil
            }
            counts[String(slug), default: 0] += 1
        }
        // The second of two equal headings is the first with -1.
        return Set(
            counts.flatMap { slug, count in
                (0..<count).map { $0 == 0 ? slug : "\(slug)-\($0)" }
            })
    }

    /// The targets of links, with the numbers of their lines.
    var links: [(line: Int, target: String)] {
        prose.flatMap { number, text in
            // A link in code font is an example.
            text.replacing(#/`[^`]*`/#, with: "").matches(of: #/\]\(([^)\s]+)\)/#)
                .map { (number, String($0.output.1)) }
        }
    }

    /// The path from the root of the repository that a relative link leads to.
    ///
    /// - Parameter link: The link without its anchor; empty for this page.
    /// - Returns: The path; nil if it leads out of the repository.
    func resolve(_ link: Substring) -> String? {
        guard !link.isEmpty else { return path }
        var names = path.split(separator: "/").dropLast()
        for name in link.split(separator: "/") where name != "." {
            if name != ".." {
                names.append(name)
            } else if names.popLast() == nil {
                return nil
            }
        }
        return names.joined(separator: "/")
    }

    /// What stands in code font, with the numbers of its lines.
    var codeSpans: [(line: Int, text: String)] {
        prose.flatMap { number, text in
            text.matches(of: #/`([^`]+)`/#).map { (number, String($0.output.1)) }
        }
    }

    private var prose: [(line: Int, text: Substring)] {
        lines.enumerated().filter { !$0.element.isCode }.map { ($0.offset + 1, $0.element.text) }
    }
}

/// A fenced block.
struct Block: Sendable, CustomTestStringConvertible {
    let document: String
    /// The number of the line that opens it.
    let line: Int
    let language: String
    var text: String

    var testDescription: String { "\(document):\(line)" }

    /// The blocks of all pages in one language.
    static func all(in language: String) -> [Block] {
        Document.all.flatMap(\.blocks).filter { $0.language == language }
    }
}
