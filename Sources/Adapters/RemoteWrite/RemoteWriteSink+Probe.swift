public import Domain
public import Ports

extension RemoteWriteSink {
    /// The series that a probe sends: about the collector, and never read by it.
    public static let probeName = "copilot_usage_collector_doctor_probe"

    /// Finds out whether the backend takes samples of a moment, by sending it one.
    ///
    /// It is one series without further labels and with the value 1, so a probe that is repeated
    /// for the same moment changes nothing.
    ///
    /// - Parameter time: The sample's time.
    /// - Returns: One sample that was accepted, or rejected with what the backend said.
    /// - Throws: As ``SampleWriter/finish()``, and `misconfigured` if the address is wrong.
    public func probe(at time: Timestamp) async throws(Failure) -> Delivery {
        let name = Protobuf.label("__name__", Self.probeName)
        let sample = Protobuf.sample(at: time)
        var body: [UInt8] = []
        Protobuf.append(
            Protobuf.series, length: name.count + sample.before.count + 8 + sample.after.count,
            to: &body)
        body += name + sample.before
        body += [0, 0, 0, 0, 0, 0, 0xF0, 0x3F]  // The double 1, the lowest byte first.
        body += sample.after
        return switch try await sender.send(Snappy.compress(body[...])) {
        case .taken: Delivery(accepted: 1)
        case .refused(let refusal): Delivery(accepted: 0, rejected: 1, reasons: [refusal.text])
        }
    }
}
