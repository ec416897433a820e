import Domain
import Ports
import TestSupport
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a released version left in its folders: `Tests/Fixtures/State/VERSION.json`, which
/// `infra/state-fixture.py` writes.
struct StateFixture: Decodable, Sendable {
    /// One file, as text or as bytes.
    struct Content: Decodable, Sendable {
        var text: String?
        var base64: String?

        var data: Data { base64.flatMap { Data(base64Encoded: $0) } ?? Data((text ?? "").utf8) }
    }

    /// The versions whose state is kept, oldest first.
    static let versions = ["0.1.0"]

    /// The encryption keys, the first of which sealed last.
    var keys: [String]
    /// The files by path.
    var files: [String: Content]

    init(_ version: String) throws {
        let bytes = try Repository.bytes("Tests/Fixtures/State/\(version).json")
        self = try JSONDecoder().decode(Self.self, from: Data(bytes))
    }

    /// Writes the files into a folder.
    func write(to folder: String) throws {
        for (path, content) in files {
            let file = URL(filePath: "\(folder)/\(path)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try content.data.write(to: file)
        }
    }

    /// The rows of the same state in PostgreSQL, as a script.
    static func script(_ version: String) throws -> String {
        String(
            decoding: try Repository.bytes("Tests/Fixtures/State/\(version).sql"), as: UTF8.self)
    }
}
