#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension EnvironmentFile {
    /// Makes the relative paths in variables absolute.
    ///
    /// Paths in a file of variables are relative to that file. So it means the same state, whatever
    /// folder a command is started in.
    ///
    /// - Parameters:
    ///   - variables: The values by name.
    ///   - folder: The folder that the paths are relative to.
    /// - Returns: The values, with absolute paths.
    public static func resolve(
        _ variables: [String: String], in folder: String
    ) -> [String: String] {
        var resolved = variables
        for variable in Variable.allCases {
            guard let value = variables[variable.rawValue], let form = variable.pathForm else {
                continue
            }
            resolved[variable.rawValue] = form.resolve(value, in: folder)
        }
        return resolved
    }

    /// The folder of a file of variables; nil if it is a pipe, such as the shell's `<(…)`.
    static func folder(of path: String) -> String? {
        let file = URL(filePath: path)
        // Its place says nothing about the place of anything else.
        guard !["/dev", "/proc"].contains(where: { file.path.hasPrefix("\($0)/") }) else {
            return nil
        }
        return file.deletingLastPathComponent().path
    }
}

/// The way in which a variable contains paths.
private enum PathForm {
    /// The value is a path.
    case path
    /// Each word `file:DIR` contains one.
    case words

    func resolve(_ value: String, in folder: String) -> String {
        func absolute(_ path: some StringProtocol) -> String {
            guard !path.isEmpty, !path.hasPrefix("/") else { return String(path) }
            return URL(filePath: "\(folder)/\(path)").standardizedFileURL.path
        }
        switch self {
        case .path: return absolute(value)
        case .words:
            return value.split(whereSeparator: \.isWhitespace).map { word in
                let scheme = "file:"
                guard word.hasPrefix(scheme) else { return String(word) }
                return scheme + absolute(word.dropFirst(scheme.count))
            }.joined(separator: " ")
        }
    }
}

extension Variable {
    fileprivate var pathForm: PathForm? {
        switch self {
        case .privateKeyFile, .curlCABundle, .sslCertFile, .awsContainerTokenFile: .path
        case .stateStore, .eventBus, .metricsSink: .words
        default: nil
        }
    }
}
