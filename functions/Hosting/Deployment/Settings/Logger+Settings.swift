public import Host
public import Logging
public import Ports

extension Logger {
    /// Creates the logger of a program.
    ///
    /// - Parameters:
    ///   - settings: The level and the format.
    ///   - clock: The clock for timestamps.
    ///   - environment: The process's environment; `NO_COLOR` turns colours off.
    ///   - write: Writes a line with its line break, from any thread.
    public init(
        settings: Settings, clock: any WallClock, environment: [String: String],
        write: @escaping @Sendable (String) -> Void = StandardError.write
    ) {
        self.init(
            label: "copilot-usage",
            factory: { _ in
                LineLogHandler(
                    logLevel: settings.logLevel, format: settings.logFormat,
                    isInColour: StandardError.isInColour(environment: environment), clock: clock,
                    write: write)
            })
    }
}
