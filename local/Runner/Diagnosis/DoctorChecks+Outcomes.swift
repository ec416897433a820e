import Domain
import Ports

extension DoctorChecks {
    /// Looks at what became of the last weeks, which no request to GitHub shows.
    ///
    /// A report can be there and still fail: for example, because of a line in its last file.
    func checkOutcomes(of integrations: [Integration]) async {
        if let obstacle = diagnosis.obstacle(among: [.stateStore], about: nil) {
            return note(.outcomes, nil, .skipped(needs: obstacle))
        }
        do throws(Failure) {
            let manifests = try await StateReader(store).manifests()
            let found = HealthReader.sources(
                of: manifests, integrations, known: [], at: clock.now()
            )
            .filter { problem in
                only?.contains { $0.description == problem.organization } ?? true
            }
            for problem in found { note(.outcomes, problem.organization, Self.finding(problem)) }
            guard found.isEmpty else { return }
            let days = Manifest.openDayCountMax
            note(
                .outcomes, nil,
                .ok(
                    manifests.isEmpty
                        ? "nothing has been collected yet"
                        : "no source of the last \(days) days failed or was refused"))
        } catch {
            note(.outcomes, nil, Finding(error))
        }
    }

    private static func finding(_ problem: Problem) -> Finding {
        let days = problem.days?.count ?? 0
        let when = days == 1 ? "1 day" : "\(days) days"
        let refused = [Outcome.policyOff, .noPermission].map(\.rawValue)
        // To run this program is no advice here.
        let remedy = refused.contains(problem.outcome ?? "") ? problem.remedy : nil
        return .problem(
            "\(problem.source ?? "") \(problem.outcome ?? "") on \(when)",
            fix: [problem.text, remedy].compactMap(\.self).joined(separator: ". "))
    }
}
