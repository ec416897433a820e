import TestSupport
import Testing

/// One moto server for a whole suite.
struct MotoScope: SuiteTrait, TestScoping {
    @TaskLocal static var current: Moto?

    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await Moto.withRunning { moto in
            try await Self.$current.withValue(moto) { try await function() }
        }
    }

    static func running() throws -> Moto { try #require(current) }
}

extension Trait where Self == MotoScope {
    /// Runs the suite with a moto server, an emulator of AWS.
    static var besideMoto: Self { Self() }
}
