import Authorization
import Domain
import GitHub
import Ports

/// An organization that is collected, and remarks about it.
struct ReachedOrganization {
    let installation: Installation
    var remarks: [String] = []
}

extension DoctorChecks {
    /// Asks GitHub which organizations each authorization reaches.
    ///
    /// - Returns: The organizations that can be checked, each once.
    func checkAuthorizations(of integrations: [Integration]) async -> [ReachedOrganization] {
        guard diagnosis.obstacle(among: [.stateStore], about: nil) == nil, !integrations.isEmpty
        else {
            await check(.authorization, needs: [.stateStore]) { () throws(Failure) in
                .problem(
                    "no one has authorized yet",
                    fix: "start copilot-local run, or deploy the functions, and open "
                        + setup.authorizeURL)
            }
            skip(Check.Name.ofOrganization, needs: .authorization)
            return []
        }
        let tokens = TokenKeeper(store: store, vault: vault, clock: clock, github: github)
        var reaches: [Reach] = []
        var unread: [Installation] = []
        for integration in integrations {
            let id = integration.id
            var found: Reach?
            await check(.authorization, id.description, needs: [.gitHub]) {
                () async throws(Failure) in
                do throws(Failure) {
                    let reach = try await tokens.reach(
                        of: id, only: only, selection: setup.selection
                    ) { installation in
                        integration.organizations.contains { $0.id == installation.id }
                    }
                    found = reach
                    return judge(reach)
                } catch let failure where failure.code == .unauthorized {
                    return .problem(
                        "GitHub rejects the authorization, or it has expired",
                        fix: "\(failure.message) at \(setup.authorizeURL)")
                }
            }
            if let found { reaches.append(found) } else { unread += integration.organizations }
        }
        return sort(reaches, unread)
    }

    private func judge(_ reach: Reach) -> Finding {
        let count = reach.organizations.count + reach.suspended.count
        guard count > 0 || reach.leftOut.isEmpty else {
            return .warning(
                "it works, but the settings leave out every organization that it reaches",
                fix: "check ORGANIZATIONS and ORGANIZATIONS_EXCEPT")
        }
        guard count > 0 || only != nil else {
            return .problem(
                "it works, but reaches no organization",
                fix: "install the App on your organizations: \(github.installURL)")
        }
        if let account = reach.unreadable.first {
            return .warning(
                "it works, but not everything it reaches could be read",
                fix: "\(account.organization): \(account.reason)")
        }
        if let notice = reach.hiddenNotice {
            return .warning(
                "it works, but does not reach everything", fix: "\(notice) at \(setup.authorizeURL)"
            )
        }
        return .ok("it works and reaches \(count) organization\(count == 1 ? "" : "s")")
    }

    /// Takes each organization once, and notes those that are not collected.
    private func sort(_ reaches: [Reach], _ unread: [Installation]) -> [ReachedOrganization] {
        var reached: [ReachedOrganization] = []
        var named: [OrganizationLogin] = []
        for installation in reaches.flatMap(\.organizations)
        where !named.contains(where: installation.organization.isSame) {
            named.append(installation.organization)
            let name = installation.organization.description
            // Missing permissions have a check of their own.
            let advice = Permission.needed.map { $0.advice(for: installation.organization) }
            let remarks = reaches.flatMap(\.attention)
                .filter { remark in
                    remark.organization == name && !advice.contains(where: remark.reason.contains)
                }
                .map(\.reason)
            reached.append(ReachedOrganization(installation: installation, remarks: remarks))
        }

        func leaveOut(_ organization: OrganizationLogin, _ finding: Finding) {
            guard !named.contains(where: organization.isSame) else { return }
            named.append(organization)
            note(.installation, organization.description, finding)
            let needs: Check.Name =
                finding.outcome == .skipped ? .authorization : .installation
            skip(
                Check.Name.ofOrganization.filter { $0 != .installation }, organization.description,
                needs: needs)
        }
        let reasons = reaches.flatMap(\.skipped)
        func reason(_ organization: OrganizationLogin) -> String {
            reasons.first { $0.organization == organization.description }?.reason ?? ""
        }
        for organization in reaches.flatMap(\.leftOut)
        where !named.contains(where: organization.isSame) {
            // As it was asked for: nothing about it needs to be checked.
            named.append(organization)
            note(
                .installation, organization.description,
                .ok("not collected: \(reason(organization))"))
        }
        for organization in reaches.flatMap(\.suspended).map(\.organization) {
            leaveOut(
                organization,
                .problem(
                    "the installation is suspended, so nothing is collected",
                    fix: reason(organization)))
        }
        for organization in reaches.flatMap(\.foreign) {
            leaveOut(
                organization,
                .warning(
                    "not collected: \(reason(organization))",
                    fix: "to collect it, ask an owner of \(organization) to authorize at "
                        + setup.authorizeURL))
        }
        for installation in unread
        where only?.contains(where: installation.organization.isSame) ?? true {
            leaveOut(installation.organization, .skipped(needs: .authorization))
        }
        for organization in only ?? setup.selection.names {
            guard !reaches.isEmpty else {
                leaveOut(organization, .skipped(needs: .authorization))
                continue
            }
            leaveOut(
                organization,
                .problem(
                    "no authorization reaches it",
                    fix:
                        "as an owner, install the App there, at \(github.installURL), and authorize "
                        + "at \(setup.authorizeURL)"))
        }
        return reached
    }
}
