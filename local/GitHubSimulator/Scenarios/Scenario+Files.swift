import Domain
import Toolbox

extension Scenario {
    /// Scenarios about the form and content of report files.
    static let files = [
        downloads(
            "gzip-reports", "Report files are compressed with gzip, and a header says so.",
            .packs(.gzip, isAnnounced: true)),
        downloads(
            "gzip-files", "Report files are gzip files, and no header says so.",
            .packs(.gzip, isAnnounced: false)),
        downloads(
            "zstd-reports", "Report files are compressed with Zstandard, and a header says so.",
            .packs(.zstd, isAnnounced: true)),
        downloads(
            "zstd-files", "Report files are Zstandard files, and no header says so.",
            .packs(.zstd, isAnnounced: false)),
        downloads("byte-order-marks", "Report files begin with a byte order mark.", .marks),
        downloads("list-files", "Report files are JSON lists instead of lines.", .lists),
        downloads(
            "document-files", "Report files are documents with the records in `day_totals`.",
            .documents),
        downloads(
            "long-lines", "The first line of the first users file is larger than 16 MiB.",
            .lengthens(by: 20 << 20, lines: 1), .users
        ) { .first($0) },
        downloads(
            "other-days", "Every record of the users files is of a different day than requested.",
            .redates, .users),
        downloads(
            "unknown-fields", "Each record contains an unknown breakdown and an unknown number.",
            .addsFields),
        downloads("cut-files", "The first users file ends in the middle of a line.", .cuts, .users)
        {
            .first($0)
        },
        downloads(
            "repeated-users", "The report contains each user twice, and the later record counts.",
            .repeatsUsers, .users),
        downloads(
            "repeated-rows", "Each breakdown contains its first entry twice.", .repeatsRows),
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
