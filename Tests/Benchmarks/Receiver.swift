import Ports

/// Lends the address of a receiver on loopback that reads requests and acknowledges them.
///
/// It keeps nothing and looks at nothing but the length of a body: so what is measured is the
/// sender.
func withReceiver<Result>(_ body: (_ url: String) async throws -> Result) async throws -> Result {
    let server = try PlainServer { _ in .empty }
    defer { server.stop() }
    return try await body("\(server.url)/api/v1/write")
}
