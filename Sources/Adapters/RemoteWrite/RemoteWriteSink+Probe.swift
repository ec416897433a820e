public import Domain
public import Ports

extension RemoteWriteSink {
    /// The series that a probe sends.
    ///
    /// It is about the collector, which never reads it.
    public static let probeName = "copilot_usage_collector_doctor_probe"

    /// Sends one sample, to find out whether the backend accepts samples of a moment.
    ///
    /// The series has no labels besides its name and the value 1, so repeating a probe for the same
    /// moment changes nothing.
    ///
    /// - Returns: One accepted sample, or one rejected sample with the backend's reason.
    /// - Throws: What ``SampleWriter/write(_:)`` throws; `misconfigured` if the address is wrong.
    public func probe(at time: Timestamp) async throws(Failure) -> Delivery {
        try await Self.send(
            Protobuf.series(Self.probeName, [], 1, at: time), of: 1, by: sender)
    }
}
