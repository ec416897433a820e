import Toolbox
import Domain

extension Scenario {
    /// What report files look like that are not plain lines.
    static let files = [
        downloads(
            "gzip-reports", "Report files travel packed by gzip, and say so.",
            .packs(.gzip, isAnnounced: true)),
        downloads(
            "gzip-files", "Report files are gzip files, and nothing says so.",
            .packs(.gzip, isAnnounced: false)),
        downloads(
            "zstd-reports", "Report files travel packed by Zstandard, and say so.",
            .packs(.zstd, isAnnounced: true)),
        downloads(
            "zstd-files", "Report files are Zstandard files, and nothing says so.",
            .packs(.zstd, isAnnounced: false)),
        downloads("byte-order-marks", "Report files begin with a byte order mark.", .marks),
        downloads("list-files", "Report files are one JSON list instead of lines.", .lists),
        downloads(
            "document-files", "Report files are documents with the records under `day_totals`.",
            .documents),
        downloads(
            "long-lines", "The first line of the first users file is larger than 16 MiB.",
            .lengthens(by: 20 << 20, lines: 1), .users
        ) { .first($0) },
        downloads(
            "other-days", "Every record of the users files is of another day than asked for.",
            .redates, .users),
        downloads(
            "unknown-fields", "Each record has a breakdown and a number that nobody knows.",
            .addsFields),
        downloads("cut-files", "The first users file ends in the midst of a line.", .cuts, .users) {
            .first($0)
        },
        downloads(
            "repeated-users", "Each user stands in the report twice, and the later one counts.",
            .repeatsUsers, .users),
        downloads(
            "repeated-rows", "Each breakdown says its first entry twice.", .repeatsRows),
    ]

    private static func downloads(
        _ name: String, _ explanation: String, _ effect: Fault.Effect, _ source: Source? = nil,
        _ occurrence: @escaping @Sendable (Int) -> Fault.Occurrence = { _ in .always }
    ) -> Scenario {
        Scenario(name, explanation) { _, configuration in
            configuration.faults.append(
                Fault(on: [.download], source: source, occurrence(1), effect))
        }
    }
}
