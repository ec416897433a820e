package import Domain

/// The format of a file, which its first word names, such as `copilot-usage-bus-1`.
package struct FileFormat: Sendable {
    /// The first word of a file.
    package let word: String
    private let name: String
    private let version: Int

    /// Names the format that this program writes, and its version.
    package init(_ name: String, version: Int) {
        self.name = name
        self.version = version
        word = "\(name)-\(version)"
    }

    /// Checks that no newer version of the program wrote a file.
    ///
    /// - Parameter path: The file, for people.
    /// - Throws: `newerFormat`.
    package func check(_ beginning: [UInt8], at path: String) throws(Failure) {
        let start = "\(name)-".utf8
        guard beginning.starts(with: start) else { return }
        let digits = beginning.dropFirst(start.count).prefix { $0 != UInt8(ascii: " ") }
        guard let found = Int(String(decoding: digits, as: UTF8.self)), found > version else {
            return
        }
        throw .newerFormat(of: path, found, readable: version)
    }
}
