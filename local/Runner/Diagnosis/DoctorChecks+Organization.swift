import Domain
import GitHub
import Ports

/// The newest report of an organization that GitHub has published.
struct NewestReport {
    let organization: OrganizationLogin
    let day: Day
    let link: ReportLink
}

extension DoctorChecks {
    /// The number of past days that are searched for a report.
    private static let reportDayCountMax = 7

    /// Requests a little of everything that is collected of one organization.
    ///
    /// - Returns: The newest report, if there is one.
    func checkOrganization(_ reached: ReachedOrganization) async -> NewestReport? {
        let installation = reached.installation
        let organization = installation.organization
        let about = organization.description

        await check(.installation, about) { () throws(Failure) in
            reached.remarks.isEmpty
                ? .ok("installed (\(installation.id)) and active")
                : .warning("installed and active", fix: reached.remarks.joined(separator: "; "))
        }
        let lacking = Permission.needed.filter { installation.permissions[$0.name] == nil }
        await check(.permissions, about) { () throws(Failure) in
            lacking.isEmpty
                ? .ok("every permission that is needed is granted")
                : .problem(
                    "not granted: \(lacking.map(\.label).joined(separator: ", "))",
                    fix: lacking.map { $0.advice(for: organization) }.joined(separator: "; "))
        }
        var token = AccessToken(Secret(""))
        await check(.token, about, needs: [.appKey]) { () async throws(Failure) in
            let made = try await github.installationToken(installation.id)
            token = made.token
            return .ok("GitHub issues one" + (made.expires.map { ", valid until \($0)" } ?? ""))
        }

        func needs(_ permission: Permission) -> [Check.Name] {
            [.token] + (lacking.contains(permission) ? [.permissions] : [])
        }
        var newest: NewestReport?
        await check(.report, about, needs: needs(.copilotMetrics)) { () async throws(Failure) in
            newest = try await newestReport(of: organization, token)
            return judge(newest)
        }
        await check(.billing, about, needs: needs(.administration)) { () async throws(Failure) in
            try await bill(of: organization, token)
        }
        await check(.members, about, needs: needs(.members)) { () async throws(Failure) in
            try await members(of: organization, token)
        }
        return newest
    }

    private func newestReport(
        of organization: OrganizationLogin, _ token: AccessToken
    ) async throws(Failure) -> NewestReport? {
        for age in 0..<Self.reportDayCountMax {
            let day = yesterday.advanced(by: -age)
            let answer = try await github.report(
                .organization, of: organization, day: day, token: token)
            if case .ready(let links) = answer, let link = links.first {
                return NewestReport(organization: organization, day: day, link: link)
            }
        }
        return nil
    }

    private func judge(_ newest: NewestReport?) -> Finding {
        guard let newest else {
            return .warning(
                "GitHub has no report for the last \(Self.reportDayCountMax) days",
                fix: """
                    if the policy "Copilot usage metrics" was turned on since yesterday, wait for \
                    tomorrow's report; otherwise check that someone in the organization uses Copilot
                    """)
        }
        // GitHub states that a day is complete within three days. Source:
        // <https://docs.github.com/en/copilot/reference/copilot-usage-metrics/reconciling-usage-metrics>.
        switch newest.day.distance(to: yesterday) {
        case 0: return .ok("the newest is that of \(newest.day)")
        case 1...2:
            return .ok("the newest is that of \(newest.day); later ones are not published yet")
        default:
            return .warning(
                "the newest is that of \(newest.day)",
                fix: "check that the policy \"Copilot usage metrics\" is still on and that someone "
                    + "there uses Copilot; https://www.githubstatus.com reports delays")
        }
    }

    private func bill(
        of organization: OrganizationLogin, _ token: AccessToken
    ) async throws(Failure) -> Finding {
        let day = yesterday
        do {
            let bill = try await github.billing(
                of: organization, year: day.year, month: day.month, token: token)
            let count = bill.rows.count
            if bill.enterprise != nil { enterpriseParts.append(bill) }
            return .ok(
                "readable: \(count) line\(count == 1 ? "" : "s") for "
                    + day.description.prefix(7)
                    + (bill.enterprise.map { ", on the bill of the enterprise \($0)" } ?? ""))
        } catch let failure where failure.code == .notFound {
            // A fact about the organization, not a fault: no one there can change it.
            return .ok("billed elsewhere: \(failure.message)")
        }
    }

    /// Reads the first page, which is representative of the others.
    private func members(
        of organization: OrganizationLogin, _ token: AccessToken
    ) async throws(Failure) -> Finding {
        var found: [Member] = []
        let outcome = try await github.members(of: organization, token: token, countMax: 1) {
            found += $0
        }
        let addressCount = found.count { $0.email != nil }
        let seen =
            "\(found.count) member\(found.count == 1 ? "" : "s") read, \(addressCount) with a verified e-mail address"
        guard setup.identity == .full else { return .ok(seen) }
        guard outcome.notes.isEmpty, addressCount > 0 || found.isEmpty else {
            return .warning(
                ([seen] + outcome.notes).joined(separator: "; "),
                fix: """
                    series of users without an address lack the label user_email: ask an owner to \
                    verify the organization's domain in its settings, and members to confirm an \
                    address in it, or set USER_IDENTITY to login
                    """)
        }
        return .ok(seen)
    }

    /// Opens a file of the newest report and reads only its beginning.
    func checkFiles(of newest: NewestReport?) async {
        guard let newest else { return skip([.reportHost], needs: .report) }
        await check(.reportHost) { () async throws(Failure) in
            let body: HTTPBody
            do throws(Failure) {
                body = try await github.download(newest.link)
            } catch  where error.code == .forbidden {
                return .problem(
                    "\(newest.link.host) refuses a link that GitHub has just issued",
                    fix: "try again; if it happens again, check whether a proxy changes the address"
                )
            }
            guard try await body.next() != nil else {
                return .warning(
                    "a file of the report of \(newest.day) on \(newest.link.host) is empty",
                    fix: "try again tomorrow; if it happens again, contact GitHub Support")
            }
            return .ok("\(newest.link.host) is allowed and serves files without a token")
        }
    }
}
