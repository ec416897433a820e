/// Why a report cannot be read, and where.
public struct ReportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The number of the file in the report, from 1.
    public let file: Int
    /// The line in the file, from 1.
    public let line: Int
    /// The number of the record in the file's list, from 1; nil if the line is the record.
    public let record: Int?
    /// The offset of the line or record in the file, in bytes.
    public let offset: Int
    /// What is wrong, without any text of the file.
    public let why: String

    /// One sentence.
    public var description: String {
        let record = record.map { ", record \($0)" } ?? ""
        return
            "file \(file) of the report cannot be read at line \(line)\(record), byte \(offset): \(why)"
    }
}
