import ArgumentParser
import Charts
import Domain

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Draws a dashboard from the answers to its queries; `make pictures` calls it.
struct PictureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "picture", abstract: "Draws a dashboard as an SVG file.",
        shouldDisplay: false)

    @Argument(help: "A file with the panels and their series, JSON.")
    var file: String

    func run() throws {
        let bytes: Data
        let sheet: SheetFile
        do {
            bytes = try Data(contentsOf: URL(filePath: file))
            sheet = try JSONDecoder().decode(SheetFile.self, from: bytes)
        } catch {
            throw Failure(
                .misconfigured,
                "Cannot read \(file): \(error). Name a file that infra/boards/pictures.py wrote.")
        }
        let days = sheet.days
        guard days.count > 0 else {
            throw Failure(.misconfigured, "\(file) has no days. Give it at least one.")
        }
        let picture = ChartSheet(
            title: sheet.title, note: sheet.note, days: sheet.first...sheet.first + days.count - 1,
            panels: sheet.panels.map(\.panel))
        Terminal.show([picture.text])
    }
}

/// The file that the command reads.
private struct SheetFile: Decodable {
    var title: String
    var note: String
    /// The first day, since 1970-01-01.
    var first: Int
    var days: Range<Int> { 0..<(panels.flatMap(\.series).map(\.values.count).max() ?? 0) }
    var panels: [Panel]

    struct Panel: Decodable {
        var title: String
        var kind: Kind
        var unit: Unit
        var series: [Series]

        var panel: ChartSheet.Panel {
            let series = series.map { ChartSeries($0.name, $0.values) }
            let content: ChartSheet.Panel.Content =
                switch kind {
                case .numbers: .numbers(unit.unit, series)
                case .lines: .lines(unit.unit, series)
                case .bars: .bars(unit.unit, series)
                }
            return ChartSheet.Panel(title: title, content: content)
        }
    }

    enum Kind: String, Decodable { case numbers, lines, bars }

    enum Unit: String, Decodable {
        case count, share, dollars

        var unit: ChartUnit {
            switch self {
            case .count: .count("")
            case .share: .share
            case .dollars: .money(symbol: "$")
            }
        }
    }

    struct Series: Decodable {
        var name: String
        var values: [Double?]
    }
}
