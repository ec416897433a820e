import Domain
import Ports

/// A placeholder for a port that a function does not use.
///
/// It lets the function start without that port's settings; ``Settings/require(for:)`` ensures that
/// it is never called.
struct Unconfigured: Vault, AppSigner, MetricSink {
    let variable: Variable

    func seal(_ secret: Secret, for place: StoreKey) -> [UInt8] {
        preconditionFailure("\(variable.rawValue) is not set, and a function that needs it was run")
    }

    func open(_ sealed: [UInt8], from place: StoreKey) throws(Failure) -> Secret { throw failure }

    func sign(_ message: [UInt8]) throws(Failure) -> [UInt8] { throw failure }

    func withWriter(
        for scope: SampleScope, _ body: (any SampleWriter) async throws(Failure) -> Void
    ) async throws(Failure) -> Delivery { throw failure }

    func write(_ report: CollectorReport) throws(Failure) -> Delivery { throw failure }

    private var failure: Failure {
        Failure(
            .misconfigured,
            "\(variable.rawValue) is not set: set it to \(variable.entry.meaning)")
    }
}
