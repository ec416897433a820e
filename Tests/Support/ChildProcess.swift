import Subprocess
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A program that runs beside a test.
public struct ChildProcess: Sendable {
    /// What went wrong with a program that a test needs.
    public struct Problem: Error, CustomStringConvertible {
        /// What, and the end of what the program printed.
        public let description: String
    }

    /// The end of a program that ran to its end.
    public struct Outcome: Sendable {
        /// The exit status; 128 and the signal's number if one killed it, as shells have it.
        public let status: Int
        /// What it printed on standard output.
        public let output: String
        /// What it printed on standard error.
        public let errors: String
    }

    private let program: String
    private let screen: Screen
    private let signal: @Sendable (Signal) -> Void

    /// Runs a program beside `body`, and ends it afterwards: politely, and after five seconds not.
    ///
    /// - Parameters:
    ///   - program: A name to look up in `PATH`, or a path.
    ///   - arguments: Its arguments.
    ///   - environment: Variables to set beside those of the test; nil takes one away.
    ///   - folder: The folder to run it in; nil for the test's own.
    ///   - body: What to do beside it.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or why the program cannot be run.
    public static func withRunning<Result: Sendable>(
        _ program: String, _ arguments: [String], environment: [String: String?] = [:],
        in folder: String? = nil, _ body: (ChildProcess) async throws -> Result
    ) async throws -> Result {
        try await ending(program, arguments, environment: environment, in: folder, body).result
    }

    /// As ``withRunning(_:_:environment:in:_:)``, and says how the program ended.
    ///
    /// - Returns: What `body` returns, and the exit status as a shell reports it.
    public static func ending<Result: Sendable>(
        _ program: String, _ arguments: [String], environment: [String: String?] = [:],
        in folder: String? = nil, _ body: (ChildProcess) async throws -> Result
    ) async throws -> (result: Result, status: Int) {
        let screen = Screen()
        let result = try await run(
            .name("env"), arguments: Arguments(words(program, arguments, folder)),
            environment: inherited(but: environment), input: .none, output: .sequence,
            error: .combinedWithOutput
        ) { execution in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    defer { screen.end() }
                    for try await chunk in execution.standardOutput {
                        screen.show(unsafe chunk.withUnsafeBytes { unsafe Array($0) })
                    }
                }
                let child = ChildProcess(program: program, screen: screen) { signal in
                    // A program that is gone already needs no signal.
                    try? execution.send(signal: signal)
                }
                let result: Swift.Result<Result, any Error>
                do { result = .success(try await body(child)) } catch { result = .failure(error) }
                await execution.teardown(
                    using: [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))])
                try await tasks.waitForAll()
                return try result.get()
            }
        }
        return (result.closureResult, status(result.terminationStatus))
    }

    private static func status(_ ending: TerminationStatus) -> Int {
        switch ending {
        case .exited(let code): Int(code)
        case .signaled(let signal): 128 + Int(signal)
        }
    }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - program: A name to look up in `PATH`, or a path.
    ///   - arguments: Its arguments.
    ///   - input: What it reads on standard input.
    ///   - environment: Variables to set beside those of the test; nil takes one away.
    ///   - folder: The folder to run it in; nil for the test's own.
    /// - Returns: How it ended and what it printed, at most 64 MiB each.
    /// - Throws: Why the program cannot be run.
    public static func outcome(
        of program: String, _ arguments: [String], input: String = "",
        environment: [String: String?] = [:], in folder: String? = nil
    ) async throws -> Outcome {
        // The input is a file, because Subprocess stops the whole test run when a program ends
        // before it has read what is written into its pipe.
        let result = try await withTemporaryFolder { place in
            let file = "\(place)/input"
            try Data(input.utf8).write(to: URL(filePath: file))
            return try await run(
                .name("sh"),
                arguments: Arguments(
                    ["-c", #"exec env "$@" < "$0""#, file] + words(program, arguments, folder)),
                environment: inherited(but: environment), input: .none,
                output: .string(limit: 64 << 20), error: .string(limit: 64 << 20))
        }
        return Outcome(
            status: status(result.terminationStatus), output: result.standardOutput,
            errors: result.standardError)
    }

    /// The last 64 KiB of what it printed, standard error included.
    public var output: String { screen.text }

    /// Whether it has closed its output, which a program does when it ends.
    public var hasEnded: Bool { screen.hasEnded }

    /// Asks it to end: `SIGTERM`.
    public func terminate() { signal(.terminate) }

    /// Interrupts it as Ctrl-C does: `SIGINT`.
    public func interrupt() { signal(.interrupt) }

    /// Ends it as a power cut would: `SIGKILL`.
    public func kill() { signal(.kill) }

    /// Waits until something is so.
    ///
    /// - Parameters:
    ///   - what: What is waited for, for the message.
    ///   - limit: How long to wait at most.
    ///   - condition: Whether it is so; asked again and again.
    /// - Throws: `Problem` if the program ends or the time does.
    public func wait(
        for what: String, atMost limit: Duration = .seconds(30),
        until condition: () async throws -> Bool
    ) async throws {
        let start = ContinuousClock.now
        while try await !condition() {
            guard !hasEnded else { throw problem("ended before \(what)") }
            guard start.duration(to: .now) < limit else { throw problem("is late with \(what)") }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Waits until it has ended, asked to or not.
    ///
    /// - Parameter limit: How long to wait at most.
    /// - Throws: `Problem` if it still runs then.
    public func waitForEnd(atMost limit: Duration = .seconds(30)) async throws {
        try await wait(for: "its end", atMost: limit) { hasEnded }
    }

    private func problem(_ what: String) -> Problem {
        Problem(description: "\(program) \(what); it printed: \(output.suffix(2_000))")
    }

    /// Whether a program is in `PATH`.
    public static func isInstalled(_ program: String) async -> Bool {
        (try? await Executable.name(program).resolveExecutablePath(in: .inherit)) != nil
    }

    // `env` finds names in PATH, takes paths as they are, changes the folder, and then becomes the
    // program, process identifier and all.
    private static func words(
        _ program: String, _ arguments: [String], _ folder: String?
    ) -> [String] {
        (folder.map { ["-C", $0] } ?? []) + [program] + arguments
    }

    private static func inherited(but changes: [String: String?]) -> Environment {
        Environment.inherit.updating(
            Dictionary(
                uniqueKeysWithValues: changes.compactMap { name, value in
                    Environment.Key(rawValue: name).map { ($0, value) }
                }))
    }
}

/// The end of what a program printed.
private final class Screen: Sendable {
    private let state = Mutex<(bytes: [UInt8], hasEnded: Bool)>(([], false))

    var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }
    var hasEnded: Bool { state.withLock(\.hasEnded) }

    func show(_ bytes: [UInt8]) {
        state.withLock {
            $0.bytes += bytes
            if $0.bytes.count > 64 << 10 { $0.bytes.removeFirst($0.bytes.count - (64 << 10)) }
        }
    }

    func end() { state.withLock { $0.hasEnded = true } }
}
