import ArgumentParser
import Domain

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes the pages of the documentation that come from the code; `make docs` calls it.
struct DocsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docs", abstract: "Writes the generated pages of the documentation.",
        shouldDisplay: false)

    @Argument(help: "The folder to write metrics.md and configuration.md to.")
    var folder: String

    func run() throws {
        let pages = [
            "metrics.md": MetricsPage.markdown, "configuration.md": ConfigurationPage.markdown,
        ]
        for (name, text) in pages {
            do {
                try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
            } catch {
                throw Failure(
                    .misconfigured,
                    "Cannot write \(folder)/\(name). Name a folder that exists and is writable.")
            }
        }
    }
}
