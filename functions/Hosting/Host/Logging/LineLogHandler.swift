public import Logging
public import Ports

/// Writes each log message as one line.
///
/// Times come from a ``WallClock``, so the log shows the time of a virtual clock.
public struct LineLogHandler: LogHandler {
    /// The fields of every message.
    public var metadata: Logger.Metadata = [:]
    /// The lowest level that is written.
    public var logLevel: Logger.Level
    /// The provider of fields from the task.
    public var metadataProvider: Logger.MetadataProvider?

    private let format: LogFormat
    private let isInColour: Bool
    private let clock: any WallClock
    private let write: @Sendable (String) -> Void

    /// Creates a handler.
    ///
    /// - Parameters:
    ///   - logLevel: The lowest level that is written.
    ///   - format: The format of a line.
    ///   - isInColour: Whether ``LogFormat/text`` shows levels in colour.
    ///   - clock: The clock for the times of messages.
    ///   - write: Receives a line with its line break, on any thread.
    public init(
        logLevel: Logger.Level, format: LogFormat, isInColour: Bool = false, clock: any WallClock,
        write: @escaping @Sendable (String) -> Void = StandardError.write
    ) {
        self.logLevel = logLevel
        self.format = format
        self.isInColour = isInColour
        self.clock = clock
        self.write = write
    }

    /// A field of every message.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one message; its own fields take precedence over those of the handler.
    public func log(event: LogEvent) {
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { $1 } }
        if let own = event.metadata { fields.merge(own) { $1 } }
        if let error = event.error { fields["error"] = "\(error)" }
        let line = LogLine(
            time: clock.now(), level: event.level, message: event.message.description,
            metadata: fields)
        write(line.rendered(as: format, inColour: isInColour) + "\n")
    }
}

/// The format of log lines.
public enum LogFormat: String, CaseIterable, Sendable {
    /// One JSON object per line, for machines.
    case json
    /// One plain line, for people.
    case text
}
