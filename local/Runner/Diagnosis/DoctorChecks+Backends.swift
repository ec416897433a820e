import Domain
import Ports

extension DoctorChecks {
    /// Sends a backend one sample as old as the newest collected ones.
    func checkBackend(_ backend: Backend) async {
        await check(.backend, backend.name) { () async throws(Failure) in
            let day = yesterday
            let delivery = try await backend.probe(Timestamp(endOf: day))
            let said = delivery.reasons.joined(separator: "; ")
            guard delivery.rejected > 0 else {
                hasSentSample = hasSentSample || backend.isQueried
                return .ok("accepts samples of \(day)" + (said.isEmpty ? "" : ", but \(said)"))
            }
            return .problem(
                "rejects a sample of \(day): \(said)",
                fix: Self.advice(on: said, lookbackDays: setup.lookbackDays))
        }
    }

    /// The fix for a backend that rejects samples, in one sentence.
    ///
    /// - Parameters:
    ///   - said: The backend's message.
    ///   - lookbackDays: The age of the samples that a tick may send, in days.
    static func advice(on said: String, lookbackDays: Int) -> String {
        // The words of Prometheus, Mimir and Thanos; the status is 400, 409 or 500.
        let isAboutAge = ["too old", "out of bounds", "out of order", "too far behind"]
            .contains { said.lowercased().contains($0) }
        guard isAboutAge else {
            return "follow the backend's message: raise one of its limits, or correct its address "
                + "or tenant"
        }
        // A day is read again during the look-back, and the first sample is a day late.
        let days = max(7, lookbackDays + 2)
        return """
            make the backend accept samples of past days: set \
            storage.tsdb.out_of_order_time_window to \(days)d in the Prometheus configuration \
            file, or out_of_order_time_window in the limits of Mimir or Grafana Cloud
            """
    }
}
