#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What Linux says of this process.
///
/// Source: <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>.
enum ProcessStatus {
    /// The most memory that was ever resident, `VmHWM`.
    static func peakByteCount() throws -> Int {
        // "VmHWM:      5360 kB"
        let words = try value(of: "VmHWM").split(separator: " ")
        return (words.first.flatMap { Int($0) } ?? 0) << 10
    }

    /// The last of the cores that the process may run on; the first does most of the system's work.
    static func lastCore() throws -> Int {
        // "Cpus_allowed_list:      0-3,6"
        let list = try value(of: "Cpus_allowed_list")
        return list.split { $0 == "," || $0 == "-" }.last.flatMap { Int($0) } ?? 0
    }

    /// The path of this program.
    static func program() throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    }

    private static func value(of name: String) throws -> String {
        // The size of a file of /proc is not known before it is read.
        let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") } ?? ""
        return String(line.dropFirst(name.count + 1).drop { $0 == "\t" || $0 == " " })
    }
}
