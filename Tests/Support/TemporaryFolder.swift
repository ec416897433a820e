#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Lends an empty folder to `body` and removes it afterwards.
///
/// - Parameter body: Is given the folder's absolute path.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws, or why the folder cannot be made.
public func withTemporaryFolder<Result>(
    _ body: (String) async throws -> Result
) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory
        .appending(path: "copilot-usage-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
}
