import TestSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The commands and options of the built programs, as their argument parser describes them.
struct CommandReference: Sendable {
    /// Asked once for all tests.
    static let shared = Task { try await CommandReference() }

    private struct Help: Decodable, Sendable {
        var command: Command
    }

    private struct Command: Decodable, Sendable {
        var commandName: String
        var subcommands: [Command]?
        var arguments: [Argument]?

        var options: [Argument] { arguments ?? [] }
        var takesWords: Bool { options.contains { $0.kind == "positional" } }
    }

    private struct Argument: Decodable, Sendable {
        struct Name: Decodable, Sendable {
            var kind: String
            var name: String
        }
        var kind: String
        var names: [Name]?

        func isCalled(_ word: String) -> Bool {
            (names ?? []).contains { ($0.kind == "long" ? "--" : "-") + $0.name == word }
        }
    }

    /// Options that the argument parser adds to every program.
    private static let everywhere = ["--help", "-h", "--version", "--generate-completion-script"]

    private let commands: [String: Command]

    private init() async throws {
        var commands: [String: Command] = [:]
        for program in [BuiltProgram.local, BuiltProgram.functions] {
            let outcome = try await ChildProcess.outcome(of: program, ["--experimental-dump-help"])
            // The function host prints its variables below its help.
            let json = outcome.output.split(separator: "\nVARIABLES", maxSplits: 1)[0]
            let help = try JSONDecoder().decode(Help.self, from: Data(json.utf8))
            commands[help.command.commandName] = help.command
        }
        self.commands = commands
    }

    /// What is wrong with a call; empty if nothing is.
    func problems(of call: ShellCall) async throws -> [String] {
        guard call.program != "make" else { return try await makeProblems(call) }
        guard var command = commands[call.program] else { return ["\(call.program) is unknown"] }
        var path = call.program
        var words = call.arguments[...]
        while let word = words.popFirst() {
            if word == "--" {
                // What follows is a command line of the same program.
                return try await problems(
                    of: ShellCall(program: call.program, arguments: Array(words)))
            }
            if word.hasPrefix("-"), word != "-" {
                let name = String(word.prefix { $0 != "=" })
                if let option = command.options.first(where: { $0.isCalled(name) }) {
                    if option.kind == "option", name == word { _ = words.popFirst() }
                } else if Self.everywhere.contains(name) {
                    _ = words.popFirst()
                } else {
                    return ["\(path) has no option \(name)"]
                }
            } else if let next = command.subcommands?.first(where: { $0.commandName == word }) {
                command = next
                path += " \(word)"
            } else if !command.takesWords {
                return ["\(path) takes no \(word)"]
            }
        }
        return []
    }

    private func makeProblems(_ call: ShellCall) async throws -> [String] {
        let targets = call.arguments.filter { !$0.contains("=") && !$0.hasPrefix("-") }
        let outcome = try await ChildProcess.outcome(
            of: "make", ["-n"] + targets, in: Repository.root)
        return outcome.status == 0 ? [] : ["make has no target \(targets): \(outcome.errors)"]
    }
}
