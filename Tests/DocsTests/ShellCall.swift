/// A call of one of the project's programs in a shell script.
struct ShellCall {
    /// The programs whose calls are checked.
    private static let programs = ["copilot-local", "copilot-functions", "make"]

    let program: String
    let arguments: [String]

    /// The calls in a script, which is read as far as documents use the language.
    static func all(in script: String) -> [ShellCall] {
        let joined = script.replacing("\\\n", with: " ")
        return joined.split(separator: "\n").flatMap(commands).compactMap(call)
    }

    private static func call(_ words: [String]) -> ShellCall? {
        let command = words.drop { $0.contains(#/^[A-Za-z_][A-Za-z0-9_]*=/#) }
        // As in `runuser -u user -- program …`.
        let candidates =
            [command]
            + command.indices.filter { command[$0] == "--" }.map {
                command[(command.index(after: $0))...]
            }
        for words in candidates {
            guard let program = words.first?.split(separator: "/").last.map(String.init),
                programs.contains(program)
            else { continue }
            return ShellCall(program: program, arguments: Array(words.dropFirst()))
        }
        return nil
    }

    /// The commands of a line, each as its words, without quotes and redirections.
    private static func commands(_ line: Substring) -> [[String]] {
        var commands: [[String]] = [[]]
        var word: String?
        var quote: Character?
        func finish() {
            if let done = word { commands[commands.count - 1].append(done) }
            word = nil
        }
        for letter in line {
            if let open = quote {
                if letter == open { quote = nil } else { word = (word ?? "") + String(letter) }
                continue
            }
            switch letter {
            case "'", "\"":
                quote = letter
                word = word ?? ""
            case "#" where word == nil:
                return commands
            case " ", "\t": finish()
            case "|", "&", ";", "<", ">":
                finish()
                commands.append([])
            default: word = (word ?? "") + String(letter)
            }
        }
        finish()
        return commands
    }
}
