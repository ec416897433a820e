public import Domain
import Ports

extension DoctorChecks {
    /// Where samples can be read back.
    public struct ReadBack: Sendable {
        /// The address that the settings give.
        public var name: String
        /// Whether the sample that ``Backend/probe`` sends for a time can be read.
        public var hasSample: @Sendable (Timestamp) async throws(Failure) -> Bool

        /// Creates an address to read from.
        public init(
            name: String,
            hasSample: @escaping @Sendable (Timestamp) async throws(Failure) -> Bool
        ) {
            self.name = name
            self.hasSample = hasSample
        }
    }

    /// Reads back the sample that backends have just accepted: to accept one is not to keep it.
    func checkReadBack(_ readBack: ReadBack) async {
        await check(.query, readBack.name) { () async throws(Failure) in
            let day = yesterday
            let isThere: Bool
            do throws(Failure) {
                isThere = try await readBack.hasSample(Timestamp(endOf: day))
            } catch let failure where failure.message.contains(Self.agentWords) {
                return .problem(
                    "this is a Prometheus in agent mode, which forwards samples and keeps none",
                    fix: Self.agentAdvice)
            }
            guard hasSentSample else { return .ok("answers queries") }
            guard !isThere else { return .ok("has the sample of \(day) that was just sent") }
            return .problem(
                "does not have the sample of \(day) that a backend has just accepted",
                fix: """
                    check that METRICS_SINK and QUERY_URL are the same backend and tenant, and that \
                    it keeps samples of past days. If METRICS_SINK is a Prometheus in agent mode, \
                    which forwards samples and keeps none, \(Self.agentAdvice)
                    """)
        }
    }

    /// What Prometheus answers to a query in agent mode.
    ///
    /// Source: `wrapAgent` in <https://github.com/prometheus/prometheus/blob/main/web/api/v1/api.go>.
    private static let agentWords = "unavailable with Prometheus Agent"

    private static let agentAdvice = """
        start it without --agent and --enable-feature=agent, or set METRICS_SINK and QUERY_URL to \
        the server that it forwards to
        """
}
