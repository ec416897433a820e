import Host

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Paths and commands as a person writes them in the folder where they are.
enum Place {
    /// The name by which this program can be called from here.
    static var program: String {
        let called = CommandLine.arguments[0]
        guard let slash = called.lastIndex(of: "/") else { return called }
        let folders = ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":")
        guard !folders.contains(called[..<slash]) else {
            return String(called[called.index(after: slash)...])
        }
        let path = path(called)
        return path.contains("/") ? path : "./\(path)"
    }

    /// A path, from here if it is below, quoted for a shell if it has to be.
    static func path(_ path: String) -> String {
        let here = FileManager.default.currentDirectoryPath
        var short = path.hasPrefix("\(here)/") ? String(path.dropFirst(here.count + 1)) : path
        while short.hasPrefix("./"), short.count > 2 { short.removeFirst(2) }
        let isPlain = short.utf8.allSatisfy { byte in
            let scalar = Unicode.Scalar(byte)
            return scalar.properties.isAlphabetic && byte < 128
                || ("0"..."9").contains(scalar) || "/._-+=:,@%".unicodeScalars.contains(scalar)
        }
        return isPlain ? short : "'\(short.replacing("'", with: "'\\''"))'"
    }

    /// The path from the root of the file system.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        var path = path
        while path.hasPrefix("./"), path.count > 2 { path.removeFirst(2) }
        let here = FileManager.default.currentDirectoryPath
        return path == "." ? here : "\(here)/\(path)"
    }
}
