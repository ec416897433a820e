/// A part of the way from a report's bytes to a backend, measured on its own.
enum Stage: String, Codable, CaseIterable {
    /// Only generates the report, as all other stages do besides their work.
    case generate
    /// Bytes to samples, which are dropped: the first reading of a report.
    case records
    /// Bytes to compressed bodies in memory: the second reading, without a backend.
    case bodies
    /// Bytes to a receiver on loopback that acknowledges each request.
    case acknowledged
    /// The work that no program can avoid, on the same bytes: parse, copy once, compress.
    case floor
    /// Bytes to compressed bodies in memory, by a loop in C++ written only for this.
    case plain

    /// Whether it runs on one core, so that helping threads do not count as speed.
    var isOnOneCore: Bool { self != .acknowledged }
}

/// The result of measuring one stage.
struct Measurement: Codable {
    var stage: Stage
    var users: Int
    /// The samples of one run.
    var samples = 0
    /// The report's bytes.
    var bytesIn = 0
    /// The bytes of all bodies before compression.
    var rawBytesOut = 0
    /// The bytes of all bodies as sent.
    var bytesOut = 0
    /// The duration of each run.
    var seconds: [Double] = []
    /// The CPU time of each run, by step.
    ///
    /// Only ``Stage/floor`` has more than one step.
    var coreSeconds: [Step: [Double]] = [:]
    /// The peak of resident memory of the process, in bytes.
    var peakByteCount = 0

    /// What is timed on its own.
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

    /// Adds another run.
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
