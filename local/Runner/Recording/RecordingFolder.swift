import Toolbox
public import Domain
import Ports
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A recording on disk, for people to read.
///
///     recording.json              what it is, and the settings it was made under
///     0001-onDailyTick.json       one file per run, in the order in which the runs began
///     bodies/0001-onDailyTick-1   what is large or not text
public final class RecordingFolder: Sendable {
    /// What a recording is made under.
    public struct About: Codable, Hashable, Sendable {
        /// The version of the format.
        public var format = 1
        /// The settings that hold no secret, by the names of their variables.
        public var settings: [String: String]
    }

    /// A text that is longer is put into a file of its own.
    private static let inlineByteCountMax = 2_048

    /// What is replaced in all that is saved here.
    public let scrubber: Scrubber
    private let path: String
    private let count = Mutex(0)

    /// Begins a recording.
    ///
    /// - Parameters:
    ///   - path: The folder; it is made if there is none.
    ///   - settings: The settings that hold no secret.
    ///   - scrubber: Removes secrets; it should know those of the settings already.
    /// - Throws: `misconfigured` if there is a recording already or nothing can be written.
    public init(
        newAt path: String, settings: [String: String], scrubber: Scrubber
    ) throws(Failure) {
        self.path = path
        self.scrubber = scrubber
        guard !FileManager.default.fileExists(atPath: "\(path)/recording.json") else {
            throw Failure(
                .misconfigured, "\(path) holds a recording already: name another folder")
        }
        let about = JSON.encode(About(settings: settings), isPretty: true)
        try write(about, as: "recording.json")
    }

    /// The name of the next recorded run.
    func nextName(for function: FunctionName) -> String {
        let number = count.withLock { count in
            count += 1
            return count
        }
        return "\(String(10_000 + number).dropFirst())-\(function.rawValue)"
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
        // Once more over the whole: nothing that was forgotten above gets out.
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
            throw Failure(.misconfigured, "\(file) cannot be written: choose a folder that can")
        }
    }
}

extension RecordingFolder {
    /// Reads a recording.
    ///
    /// - Parameter path: The folder.
    /// - Returns: What it was made under, and its runs by name, in order, bodies in memory.
    /// - Throws: `unreadableState` naming the file that is missing or is not what it should be.
    public static func read(
        _ path: String
    ) throws(Failure) -> (about: About, runs: [(name: String, run: RecordedRun)]) {
        guard FileManager.default.fileExists(atPath: "\(path)/recording.json") else {
            throw Failure(
                .misconfigured, "there is no recording in \(path): recording.json is missing")
        }
        let about = try JSON.decode(
            About.self, from: bytes(of: "\(path)/recording.json"), at: "\(path)/recording.json")
        guard about.format == 1 else {
            throw Failure(
                .unreadableState,
                "\(path) is in format \(about.format) of recordings; this version reads format 1")
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        var runs: [(name: String, run: RecordedRun)] = []
        for name in names.sorted() where name.first?.isNumber == true && name.hasSuffix(".json") {
            let file = "\(path)/\(name)"
            var run = try JSON.decode(RecordedRun.self, from: bytes(of: file), at: file)
            func fetch(_ body: inout RecordedRun.Body?) throws(Failure) {
                guard case .file(let name) = body else { return }
                guard !name.contains("..") else {
                    throw Failure(.unreadableState, "\(file) names a file outside the recording")
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
            throw Failure(.unreadableState, "\(file) cannot be read: it belongs to the recording")
        }
    }
}
