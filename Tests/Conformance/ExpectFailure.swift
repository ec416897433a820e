import Domain
import Ports
import Testing

/// Expects `body` to throw a failure with a code.
func expectFailure(
    _ code: Failure.Code, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async {
    let failure = await #expect(throws: Failure.self, sourceLocation: sourceLocation) {
        try await body()
    }
    #expect(failure?.code == code, sourceLocation: sourceLocation)
}
