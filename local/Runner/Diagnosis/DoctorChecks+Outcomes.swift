import Domain
import Ports

extension DoctorChecks {
    /// Looks at what became of the last weeks, which no request to GitHub shows.
    ///
    /// A report can be there and still fail: for example, because of a line in its last file.
    func checkOutcomes(of integrations: [Integration]) async {
        var found: [Problem] = []
        await check(.outcomes, needs: [.stateStore]) { () async throws(Failure) in
            let manifests = try await StateReader(store).manifests()
            found = HealthReader.sources(of: manifests, integrations, known: [], at: clock.now())
                .filter { problem in
                    only?.contains { $0.description == problem.organization } ?? true
                }
            guard let first = found.first else {
                return .ok(
                    manifests.isEmpty
                        ? "nothing has been collected yet"
                        : "no source of the last \(Manifest.openDayCountMax) days failed or was refused"
                )
            }
            return Self.finding(first)
        }
        for problem in found.dropFirst() {
            note(.outcomes, nil, Self.finding(problem))
        }
    }

    private static func finding(_ problem: Problem) -> Finding {
        let fix = [problem.text, problem.remedy].compactMap(\.self).joined(separator: ". ")
        return .problem(problem.subject, fix: fix)
    }
}
