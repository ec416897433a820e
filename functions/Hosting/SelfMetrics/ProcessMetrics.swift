import Domain

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the system says about this process, under the names that all Prometheus clients use.
///
/// Source: <https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics>. Where there
/// is no `/proc`, only the start time is known.
enum ProcessMetrics {
    /// Adds the metrics of the process.
    ///
    /// - Parameter start: When it started.
    static func add(to report: inout CollectorReport, startedAt start: Timestamp) {
        report.add(.startTime, Double(start.milliseconds) / 1_000)
        if let (total, resident) = memory() {
            report.add(.residentMemory, Double(resident))
            report.add(.virtualMemory, Double(total))
        }
        if let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            // The listing itself has one open.
            report.add(.openFiles, Double(max(0, names.count - 1)))
        }
        if let most = openFileCountMax() { report.add(.openFilesMax, Double(most)) }
    }

    /// The address space and the memory in RAM, in bytes: `man 5 proc_pid_statm`, in pages.
    private static func memory() -> (total: Int, resident: Int)? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
            return nil
        }
        let pages = text.split(separator: " ").prefix(2).compactMap { Int($0) }
        guard pages.count == 2 else { return nil }
        let size = Int(sysconf(Int32(_SC_PAGESIZE)))
        return (pages[0] * size, pages[1] * size)
    }

    /// The limit that is in force: `man 5 proc_pid_limits`, the first number of the line.
    private static func openFileCountMax() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/limits", encoding: .utf8) else {
            return nil
        }
        let name = "Max open files"
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.dropFirst(name.count).split(separator: " ").first.flatMap { Int($0) }
    }
}
