public import Domain
import Ports
import Synchronization
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A recording on disk, in files that people can read.
///
///     recording.json              the format, and the settings during the recording
///     0001-onDailyTick.json       one file per run, in the order in which the runs began
///     bodies/0001-onDailyTick-1   what is large or not text
public final class RecordingFolder: Sendable {
    /// The settings of a recording.
    public struct About: Codable, Hashable, Sendable {
        /// The version of the format.
        public var format = 1
        /// The settings without secrets, by the names of their variables.
        public var settings: [String: String]
    }

    /// Longer texts are put into a file of their own.
    private static let inlineByteCountMax = 2_048

    /// Replaces secrets in everything that is saved.
    public let scrubber: Scrubber
    private let path: String
    private let count = Mutex(0)
    private let about: Mutex<About>

    /// Begins a recording.
    ///
    /// - Parameters:
    ///   - path: The folder, which is created if necessary.
    ///   - settings: The settings without secrets.
    ///   - scrubber: Replaces secrets; it should know those of the settings already.
    /// - Throws: `misconfigured` if there is a recording already or nothing can be written.
    public init(
        newAt path: String, settings: [String: String], scrubber: Scrubber
    ) throws(Failure) {
        self.path = path
        self.scrubber = scrubber
        guard !FileManager.default.fileExists(atPath: "\(path)/recording.json") else {
            throw Failure(
                .misconfigured, "\(path) already contains a recording. Name another folder.")
        }
        let about = About(settings: settings)
        self.about = Mutex(about)
        try write(JSON.encode(about, isPretty: true), as: "recording.json")
    }

    /// Adds settings that were not known when the recording began.
    func add(_ settings: [String: String]) throws(Failure) {
        let changed = about.withLock { about -> About? in
            let before = about
            about.settings.merge(settings) { $1 }
            return about == before ? nil : about
        }
        guard let changed else { return }
        try write(JSON.encode(changed, isPretty: true), as: "recording.json")
    }

    /// The name of the next recorded run.
    func nextName(for function: FunctionName) -> String {
        let number = count.withLock { count in
            count += 1
            return count
        }
        let digits = String(number)
        return String(repeating: "0", count: max(0, 4 - digits.count))
            + "\(digits)-\(function.rawValue)"
    }

    /// Saves a recorded run, with secrets replaced.
    func save(_ run: RecordedRun, as name: String) throws(Failure) {
        var run = run
        var files: [[UInt8]] = []
        func place(_ body: inout RecordedRun.Body?) {
            guard case .bytes(let bytes) = body else { return }
            let cleaned = scrubber.clean(bytes)
            let isText = String(validating: cleaned, as: UTF8.self) != nil
            if cleaned.count <= Self.inlineByteCountMax, isText {
                body = .bytes(cleaned)
            } else {
                files.append(cleaned)
                body = .file("bodies/\(name)-\(files.count)")
            }
        }
        for index in run.exchanges.indices {
            place(&run.exchanges[index].body)
            place(&run.exchanges[index].reply)
        }
        for index in run.store.indices { place(&run.store[index].value) }
        for (number, file) in files.enumerated() {
            try write(file, as: "bodies/\(name)-\(number + 1)")
        }
        // Once more over the whole, in case something was missed above.
        try write(scrubber.clean(JSON.encode(run, isPretty: true)), as: "\(name).json")
    }

    private func write(_ bytes: [UInt8], as name: String) throws(Failure) {
        let file = "\(path)/\(name)"
        do {
            try FileManager.default.createDirectory(
                atPath: String(file.prefix(upTo: file.lastIndex(of: "/") ?? file.endIndex)),
                withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw Failure(.misconfigured, "Cannot write \(file). Choose a writable folder.")
        }
    }
}

extension RecordingFolder {
    /// Reads a recording.
    ///
    /// - Parameter path: The folder.
    /// - Returns: The settings, and the runs by name, in order, with their bodies in memory.
    /// - Throws: `unreadableState`, naming the file that is missing or malformed.
    public static func read(
        _ path: String
    ) throws(Failure) -> (about: About, runs: [(name: String, run: RecordedRun)]) {
        guard FileManager.default.fileExists(atPath: "\(path)/recording.json") else {
            throw Failure(
                .misconfigured, "\(path) contains no recording: recording.json is missing.")
        }
        let about = try JSON.decode(
            About.self, from: bytes(of: "\(path)/recording.json"), at: "\(path)/recording.json")
        guard about.format == 1 else {
            throw Failure(
                .unreadableState,
                "\(path) has recording format \(about.format). This version reads format 1.")
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        var runs: [(name: String, run: RecordedRun)] = []
        let numbered = names.filter { $0.hasSuffix(".json") }
            .compactMap { name in Int(name.prefix { $0 != "-" }).map { ($0, name) } }
            .sorted { $0 < $1 }
        for (_, name) in numbered {
            let file = "\(path)/\(name)"
            var run = try JSON.decode(RecordedRun.self, from: bytes(of: file), at: file)
            func fetch(_ body: inout RecordedRun.Body?) throws(Failure) {
                guard case .file(let name) = body else { return }
                guard !name.contains("..") else {
                    throw Failure(.unreadableState, "\(file) names a file outside the recording.")
                }
                body = .bytes(try bytes(of: "\(path)/\(name)"))
            }
            for index in run.exchanges.indices {
                try fetch(&run.exchanges[index].body)
                try fetch(&run.exchanges[index].reply)
            }
            for index in run.store.indices { try fetch(&run.store[index].value) }
            runs.append((String(name.dropLast(5)), run))
        }
        return (about, runs)
    }

    private static func bytes(of file: String) throws(Failure) -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: file)))
        } catch {
            throw Failure(.unreadableState, "Cannot read \(file), which is part of the recording.")
        }
    }
}
