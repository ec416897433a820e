import Domain
import Ports

extension DoctorChecks {
    /// Sends a backend one sample as old as the newest that are collected.
    func examine(_ backend: Backend) async {
        await check(.backend, backend.name) { () async throws(Failure) in
            let day = yesterday
            let delivery = try await backend.probe(Timestamp(endOf: day))
            guard delivery.rejected > 0 else { return .ok("it takes samples of \(day)") }
            let said = delivery.reasons.joined(separator: "; ")
            return .problem(
                "it refuses a sample of \(day), \(said)",
                fix: Self.advice(on: said, lookbackDays: setup.lookbackDays))
        }
    }

    /// What to do about a backend that refuses samples.
    ///
    /// - Parameters:
    ///   - said: What the backend said.
    ///   - lookbackDays: How old the samples are that it is sent.
    /// - Returns: One sentence.
    static func advice(on said: String, lookbackDays: Int) -> String {
        // Prometheus, Mimir and Thanos say it in these words; they answer 400, 409 or 500.
        let isAboutAge = ["too old", "out of bounds", "out of order", "too far behind"]
            .contains { said.lowercased().contains($0) }
        guard isAboutAge else {
            return "see what the backend says: one of its limits has to be raised, or its address "
                + "or tenant corrected"
        }
        // A day is read again for as long as it is looked back for, and comes a day late.
        let days = max(7, lookbackDays + 2)
        return """
            let the backend take samples of past days: set \
            storage.tsdb.out_of_order_time_window to \(days)d in Prometheus's configuration file, \
            or out_of_order_time_window among the limits of Mimir or Grafana Cloud
            """
    }
}
