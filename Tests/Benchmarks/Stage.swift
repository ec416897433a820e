/// A part of the way from a report's bytes to a backend, measured by itself.
enum Stage: String, Codable, CaseIterable {
    /// The report is only made up: what all other stages do beside their work.
    case generate
    /// Bytes to samples, which are dropped: the first of the two readings of a changed report.
    case records
    /// Bytes to compressed bodies in memory: the second reading, with a backend that costs nothing.
    case bodies
    /// Bytes to a receiver on loopback that acknowledges each request.
    case acknowledged
    /// What no program can do without, on the same bytes: parse, copy once, compress.
    case floor
    /// Bytes to compressed bodies in memory by a loop in C++ that is made for nothing else.
    case plain

    /// Whether it is run on one core, so that helping threads do not count as speed.
    var isOnOneCore: Bool { self != .acknowledged }
}

/// What a process found out about one stage.
struct Measurement: Codable {
    var stage: Stage
    var users: Int
    /// The samples of one run.
    var samples = 0
    /// The report's bytes.
    var bytesIn = 0
    /// The bytes of all bodies before compression.
    var rawBytesOut = 0
    /// The bytes of all bodies as they are sent.
    var bytesOut = 0
    /// The time that each run took.
    var seconds: [Double] = []
    /// The time that each run had a core, by step; a stage other than ``Stage/floor`` has one step.
    var coreSeconds: [Step: [Double]] = [:]
    /// The most memory that the process ever had resident, runs and all.
    var peakByteCount = 0

    /// What is timed by itself.
    enum Step: String, Codable, CodingKeyRepresentable {
        /// All of the stage.
        case all
        /// simdjson, line by line.
        case parse
        /// A copy of the uncompressed bodies.
        case copy
        /// snappy over them.
        case compress
    }

    /// Adds what another run took.
    mutating func add(_ run: Measurement) {
        (samples, bytesIn) = (run.samples, run.bytesIn)
        (rawBytesOut, bytesOut) = (run.rawBytesOut, run.bytesOut)
        seconds += run.seconds
        coreSeconds.merge(run.coreSeconds) { $0 + $1 }
    }
}

extension [Double] {
    /// The middle value, or the mean of the middle two; not a number if there are no values.
    var median: Double {
        guard !isEmpty else { return .nan }
        let sorted = sorted()
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}
