/// Where and why a report cannot be read.
public struct ReportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which file of the report, from 1.
    public let file: Int
    /// The line in the file, from 1.
    public let line: Int
    /// Where the line begins in the file, in bytes from 0.
    public let offset: Int
    /// What is wrong with the line; nothing of the line itself.
    public let why: String

    /// One sentence.
    public var description: String {
        "file \(file) of the report cannot be read at line \(line), byte \(offset): \(why)"
    }
}
