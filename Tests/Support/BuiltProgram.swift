/// The two programs as they were built, beside the tests.
public enum BuiltProgram {
    /// The folder that the build wrote them to.
    public static let folder = CommandLine.arguments[0]
        .split(separator: "/", omittingEmptySubsequences: false).dropLast()
        .joined(separator: "/")
    /// The local runner.
    public static let local = "\(folder)/copilot-local"
    /// The function host.
    public static let functions = "\(folder)/copilot-functions"
}
