import Domain
import GitHub

/// What a tick found with one integration, as problems to keep until they are resolved.
struct TickFindings: Sendable {
    private enum Found: Sendable {
        /// The organizations that it reaches now, and those that it was known to reach.
        case reach(Reach, before: [Installation])
        /// Why nothing could be found.
        case failure(Failure)
    }

    let integration: IntegrationID
    private let found: Found

    /// GitHub said what the integration reaches.
    init(_ integration: Integration, _ reach: Reach) {
        self.integration = integration.id
        found = .reach(reach, before: integration.organizations)
    }

    /// GitHub did not say what the integration reaches.
    init(_ integration: IntegrationID, _ failure: Failure) {
        self.integration = integration
        found = .failure(failure)
    }

    /// The present problems.
    ///
    /// - Parameters:
    ///   - known: The stored problems.
    ///   - only: The organizations that the tick was restricted to: nothing is known of others.
    ///   - assignments: The organizations to collect, of all integrations.
    ///   - url: Where a person authorizes again.
    ///   - now: The present.
    func problems(
        known: [Problem], only: [OrganizationLogin]?, _ assignments: [TickPlan.Assignment],
        authorizeURL url: String, at now: Timestamp
    ) -> [Problem] {
        switch found {
        case .failure(let failure):
            // What was known of its organizations stays, because nothing else is known.
            return [problem(of: failure, url, now)] + known.filter { !$0.isAboutIntegration }
        case .reach(let reach, let before):
            let collected = assignments.map(\.installation)
            let missing = missing(
                from: reach, only == nil ? before : [], known, collected, url, now)
            let names = Set(missing.map(\.organization))
            let present = problems(of: reach, assignments, url, now).filter { problem in
                problem.kind != .notOwner || !names.contains(problem.organization)
            }
            let others = known.filter { problem in
                guard let only, problem.kind != .missing else { return false }
                return !problem.isAboutIntegration
                    && !only.contains { $0.description == problem.organization }
            }
            return present + missing + others
        }
    }

    private func problem(of failure: Failure, _ url: String, _ now: Timestamp) -> Problem {
        switch failure.code {
        case .unauthorized, .unreadableState:
            // The message of a revoked authorization ends with what to do, and so does this.
            let text = failure.message.replacing(". Authorize again", with: "")
            return Problem(
                .authorization, "authorization/\(integration)",
                integration: integration.description, text: "nothing is collected: \(text)",
                remedy: "Authorize again at \(url)", at: now)
        case .newerFormat:
            return Problem(
                .state, "state/\(integration)", integration: integration.description,
                text: "nothing is collected: \(failure.message)",
                remedy: "Run the newer version of the program", at: now)
        default:
            return Problem(
                .unavailable, "unavailable/\(integration)", integration: integration.description,
                text: "nothing was collected: \(failure.message)",
                remedy: "The next tick asks again. If it lasts, run copilot-local doctor", at: now)
        }
    }

    private func problems(
        of reach: Reach, _ assignments: [TickPlan.Assignment], _ url: String, _ now: Timestamp
    ) -> [Problem] {
        func make(
            _ kind: Problem.Kind, _ account: SkippedAccount, level: Problem.Level = .problem,
            remedy: String? = nil
        ) -> Problem {
            // Several things may need attention at once, so the reason is a part of the id.
            let detail = kind == .attention ? "/\(account.reason)" : ""
            // A reason says what is wrong, and in a second sentence what to do.
            let parts = account.reason.split(separator: ". ", maxSplits: 1).map(String.init)
            let doctor = "Run copilot-local doctor --organization \(account.organization)"
            let advice = parts.count == 2 ? parts[1] : level == .problem ? doctor : nil
            return Problem(
                kind, "\(kind.rawValue)/\(integration)/\(account.organization)\(detail)",
                level: level, integration: integration.description,
                organization: account.organization,
                text: parts.first ?? "",
                remedy: remedy ?? advice, at: now)
        }
        let suspended = Set(reach.suspended.map(\.organization.description))
        let foreign = Set(reach.foreign.map(\.description))
        let skipped = reach.skipped.map { account in
            if suspended.contains(account.organization) { return make(.suspended, account) }
            guard foreign.contains(account.organization) else {
                return make(.skipped, account, level: .notice)
            }
            return make(
                .notOwner, account, level: .notice,
                remedy:
                    "To collect it, have an owner of \(account.organization) authorize at \(url)")
        }
        // An organization that two integrations reach is the concern of the one that collects it.
        let own = Set(
            assignments.filter { $0.integration == integration }
                .map(\.installation.organization.description))
        let attention = reach.attention.filter { own.contains($0.organization) }
        let hidden = reach.hiddenNotice.map { notice in
            let parts = notice.split(separator: ". ", maxSplits: 1).map(String.init)
            return Problem(
                .attention, "hidden/\(integration)", integration: integration.description,
                text: parts[0], remedy: "\(parts.last ?? notice) at \(url)", at: now)
        }
        return reach.unreadable.map { make(.unreadable, $0) }
            + attention.map { make(.attention, $0) } + [hidden].compactMap(\.self) + skipped
    }

    /// The organizations that were collected and are lost, until they are back or somebody has the
    /// problem forgotten.
    ///
    /// Some are no longer listed, and some no longer belong to the person.
    private func missing(
        from reach: Reach, _ before: [Installation], _ known: [Problem],
        _ collected: [Installation], _ url: String, _ now: Timestamp
    ) -> [Problem] {
        let collectedIDs = Set(collected.map(\.organizationID))
        let present = Set((reach.organizations + reach.suspended).map(\.id))
        let named = Set((reach.skipped + reach.unreadable).map(\.organization))
            .subtracting(reach.foreign.map(\.description))
        let gone = before.filter { installation in
            !present.contains(installation.id)
                && !collectedIDs.contains(installation.organizationID)
                && !named.contains(installation.organization.description)
        }
        // The list of organizations no longer has those that an earlier tick missed.
        let earlier = known.filter { problem in
            problem.kind == .missing
                && !present.contains { problem.id == "missing/\($0)" }
                && !named.contains(problem.organization ?? "")
                && !collected.contains { $0.organization.description == problem.organization }
        }
        let found = gone.map { installation in
            let (loss, cure) = Self.loss(of: installation.organization, reach, url)
            return Problem(
                .missing, "missing/\(installation.id)", integration: integration.description,
                organization: installation.organization.description,
                text: "was collected before, and \(loss)", remedy: cure, at: now)
        }
        let ids = Set(found.map(\.id))
        return found
            + earlier.filter { !ids.contains($0.id) }.map { problem in
                var problem = problem
                problem.seen = now
                return problem
            }
    }
}

extension TickFindings {
    /// How an organization was probably lost, by what else GitHub says, and what to do.
    private static func loss(
        of organization: OrganizationLogin, _ reach: Reach, _ url: String
    ) -> (loss: String, cure: String) {
        let forget = "If this was intended, run copilot-local integrations forget \(organization)"
        if reach.foreign.contains(organization) {
            return (
                "the authorizing person no longer owns it",
                "Have an owner of \(organization) authorize at \(url). \(forget)"
            )
        }
        let unlisted = "GitHub no longer lists it for this authorization: "
        if !reach.hidden.isEmpty {
            return (
                unlisted + "SAML single sign-on probably hides it",
                "Sign in to \(organization) at GitHub, then authorize again at \(url)"
            )
        }
        if !reach.unreadable.isEmpty {
            return (
                unlisted + "its entry is probably among those that could not be read",
                "Run copilot-local doctor. The next tick reads the list again"
            )
        }
        return (
            unlisted + "the App was uninstalled, or the person left the organization",
            """
            Install the App on \(organization) again and have an owner authorize at \(url). \(forget)
            """
        )
    }
}

extension Problem {
    /// Whether it concerns the integration as a whole.
    fileprivate var isAboutIntegration: Bool { organization == nil }
}
