import ArgumentParser
import Deployment
import Domain
import GitHubSimulator
import Host
import Ports
import Runner
import Toolbox

/// Reads the values of options; each error says what to write instead.
enum Arguments {
    /// A number from a range.
    static func number(_ range: ClosedRange<Int>) -> @Sendable (String) throws -> Int {
        { text in
            // As numbers are printed.
            guard let number = Int(text.filter { $0 != "," && $0 != "_" }), range.contains(number)
            else {
                throw ValidationError(
                    "it must be a number from \(range.lowerBound) to \(range.upperBound.grouped).")
            }
            return number
        }
    }

    /// A day, which may also be written as a word.
    @Sendable static func day(_ text: String) throws -> Day {
        do throws(Failure) {
            return try DayText.day(text, today: Day(containing: SystemPorts.clock.now()))
        } catch {
            throw ValidationError(error.message)
        }
    }

    /// A day that is over.
    @Sendable static func pastDay(_ text: String) throws -> Day {
        let (day, today) = (try day(text), Day(containing: SystemPorts.clock.now()))
        guard day < today else {
            throw ValidationError(
                "\(day) is not over. The last day that is over is \(today.advanced(by: -1)).")
        }
        return day
    }

    /// A scenario of the simulated GitHub.
    @Sendable static func scenario(_ name: String) throws -> Scenario {
        guard let scenario = Scenario.named(name) else {
            let hint = Spelling.hint(name, Scenario.all.map(\.name))
            throw ValidationError(
                "there is no such scenario.\(hint) List them with copilot-local simulate --list.")
        }
        return scenario
    }

    /// A function.
    @Sendable static func function(_ name: String) throws -> FunctionName {
        guard let function = FunctionName(rawValue: name) else {
            let names = FunctionName.allCases.map(\.rawValue)
            throw ValidationError(
                "there is no such function.\(Spelling.hint(name, names))"
                    + " Use one of \(names.joined(separator: ", ")).")
        }
        return function
    }

    /// A port.
    @Sendable static func port(_ text: String) throws -> Int {
        if let port = Int(text), 0...65_535 ~= port { return port }
        guard Int(text) == nil, text.contains(where: { ".:".contains($0) || $0.isLetter }) else {
            throw ValidationError("a port is a number from 0 to 65535.")
        }
        throw ValidationError("a port is a number from 0 to 65535; an address goes to --host.")
    }

    /// The address to listen on, without a port.
    @Sendable static func host(_ text: String) throws -> String {
        if Int(text) != nil {
            throw ValidationError("a port goes to --port: --port \(text).")
        }
        let parts = text.split(separator: "/").last.map(String.init) ?? ""
        let bare = text.contains("://") ? parts : text
        let pieces = bare.split(separator: ":", omittingEmptySubsequences: false)
        guard pieces.count == 2, let port = Int(pieces[1]) else {
            guard bare == text, !text.isEmpty else {
                throw ValidationError("write only the address, such as 127.0.0.1.")
            }
            return text
        }
        throw ValidationError("the port goes to --port: --host \(pieces[0]) --port \(port).")
    }
}
