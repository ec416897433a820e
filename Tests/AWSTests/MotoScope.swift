import TestSupport
import Testing

/// One moto beside a whole suite.
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
    /// Beside AWS's services.
    static var besideMoto: Self { Self() }
}
