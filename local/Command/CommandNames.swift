import ArgumentParser
import Domain
import Ports
import Toolbox

/// A command whose default subcommand takes an argument, so that a word that names no subcommand is one.
protocol TakesArgument {}

/// The names of commands on a command line.
enum CommandNames {
    /// Checks that the first words are commands; the parser would take a wrong one for an argument.
    ///
    /// - Parameters:
    ///   - words: The command line without the program.
    ///   - command: The command that they belong to.
    /// - Throws: A usage error, with the name that was probably meant.
    static func check(_ words: [String], of command: any ParsableCommand.Type) throws {
        var words = words[...]
        // `help` takes the names of commands.
        if words.first == "help" { words.removeFirst() }
        var command = command
        while let word = words.popFirst(), !word.hasPrefix("-") {
            let commands = command.configuration.subcommands
            guard !commands.isEmpty else { return }
            guard let next = commands.first(where: { name(of: $0) == word }) else {
                if command is any TakesArgument.Type { return }
                let names = commands.filter { $0.configuration.shouldDisplay }.map { name(of: $0) }
                throw Failure(
                    .misconfigured,
                    "There is no command \(word).\(Spelling.hint(word, names)) The commands are"
                        + " \(names.joined(separator: ", ")).")
            }
            command = next
        }
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? "\(command)".lowercased()
    }
}
