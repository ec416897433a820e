import ArgumentParser
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Compares instruction counts with the committed ones.
struct CheckInstructions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-instructions",
        abstract: "Counts instructions and fails if a workload executes more than committed.")

    @Argument(help: "The release build of copilot-functions.")
    var functions: String

    @Argument(help: "The JSON file with the committed counts.")
    var thresholds: String

    @Flag(help: "Replace the committed counts with the measured ones.")
    var update = false

    func run() async throws {
        var file = try JSONDecoder().decode(
            InstructionThresholds.self, from: Data(contentsOf: URL(filePath: thresholds)))
        guard file.architecture == Self.architecture else {
            print("The counts in \(thresholds) are for \(file.architecture). Nothing to compare.")
            return
        }
        guard let measured = try await Instructions.counted(ProcessStatus.program(), functions)
        else {
            throw Benchmarks.Problem(
                description: "valgrind is not installed. Run infra/debian/install.sh bench.")
        }
        let verdicts = file.verdicts(on: measured)
        print(file.table(measured, verdicts))
        if update {
            guard !verdicts.contains(.overLimit) else {
                print("A workload is over its limit, so \(thresholds) was not updated.")
                throw ExitCode.failure
            }
            file.update(to: measured)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try (encoder.encode(file) + Data("\n".utf8)).write(to: URL(filePath: thresholds))
            print("Updated \(thresholds).")
        } else if verdicts.contains(where: \.isFailure) {
            print("To accept the new counts: make check-performance UPDATE=1")
            throw ExitCode.failure
        } else if verdicts.contains(.lower) {
            print("To keep the improvement: make check-performance UPDATE=1")
        }
    }

    private static var architecture: String {
        #if arch(x86_64)
        "x86_64"
        #elseif arch(arm64)
        "arm64"
        #else
        "unknown"
        #endif
    }
}

/// The committed counts.
struct InstructionThresholds: Codable {
    /// The processor architecture that the counts hold for.
    var architecture: String
    var thresholds: [Threshold]

    struct Threshold: Codable {
        var workload: Instructions.Workload
        /// The workload in words, for readers of the file.
        var what: String
        /// The committed count.
        var instructions: Int
        /// The fraction by which a measured count may be larger.
        var tolerance: Double
        /// A count that no update may exceed; nil if there is no such limit.
        var limit: Int?

        func verdict(_ count: Double) -> Verdict {
            let committed = Double(instructions)
            if let limit, count > Double(limit) { return .overLimit }
            if count > committed * (1 + tolerance) { return .exceeded }
            return count < committed * (1 - tolerance) ? .lower : .fine
        }
    }

    enum Verdict: String {
        case fine = "ok"
        case lower = "ok, lower than committed"
        case exceeded = "EXCEEDED"
        case overLimit = "OVER THE LIMIT"

        var isFailure: Bool { self == .exceeded || self == .overLimit }
    }

    /// The verdict on each threshold, in order.
    func verdicts(on measured: Instructions) -> [Verdict] {
        thresholds.map { $0.verdict(measured.counts[$0.workload] ?? .infinity) }
    }

    func table(_ measured: Instructions, _ verdicts: [Verdict]) -> String {
        var table = TextTable([
            "workload", "measured", "committed", "difference", "tolerance", "limit", "verdict",
        ])
        for (threshold, verdict) in zip(thresholds, verdicts) {
            let count = measured.counts[threshold.workload] ?? .nan
            let difference = count / Double(threshold.instructions) - 1
            table.add([
                threshold.workload.title, count.grouped, threshold.instructions.grouped,
                Self.percent(difference), Self.percent(threshold.tolerance),
                threshold.limit?.grouped ?? "", verdict.rawValue,
            ])
        }
        return "INSTRUCTIONS, counted by callgrind\n\(table.text)"
    }

    mutating func update(to measured: Instructions) {
        for index in thresholds.indices {
            let workload = thresholds[index].workload
            thresholds[index].what = workload.title
            if let count = measured.counts[workload] {
                thresholds[index].instructions = Int(count.rounded())
            }
        }
    }

    private static func percent(_ fraction: Double) -> String {
        (fraction < 0 ? "-" : "") + (abs(fraction) * 100).hundredths + " %"
    }
}

/// Runs ticks for ``Instructions``.
struct TickInMemory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(shouldDisplay: false)

    @Argument var organizations: Int
    @Argument var ticks: Int

    func run() async throws {
        try await TickFigures.runInMemory(organizations: organizations, ticks: ticks)
    }
}
