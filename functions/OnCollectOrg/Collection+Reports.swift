import Domain
import GitHub
import Ports
import Reports

/// What is known of the organization's members, who are only asked for when users are to be sent.
enum MemberReading {
    /// Nobody asked.
    case notAsked
    /// They were read; how many, and what was found.
    case read(MembersOutcome)
    /// They could not be read.
    case failed(Failure)
}

extension Collection {
    /// Samples are sent in batches of about this many.
    private static let batchSampleCount = 4_000

    /// Reads a report, and sends it if it says something new.
    func report(
        _ source: Source, _ token: Secret, _ collected: inout Collected
    ) async throws(Failure) -> SourceResult {
        let mode = source == .organization ? UserIdentity.none : function.settings.identity
        if source != .organization, mode == .none {
            return without(
                source, .notApplicable, "USER_IDENTITY is none: no series of single users is kept")
        }
        let identity = try await function.pseudonyms.identity(mode)
        var links: [ReportLink]
        switch try await ask(source, token) {
        case .notReady(let reason): return without(source, .notReady, reason)
        case .ready(let found): links = found
        }
        let survey = try await read(source, &links, token, identity)
        guard survey.usableRecords > 0 || survey.byteCount == 0 else {
            throw Failure(
                .malformedReply,
                "the report holds \(survey.records) records, none of which can be used: "
                    + survey.notes.joined(separator: "; "))
        }
        if survey.digest == previous[source]?.digest { return unchanged(source) }

        let table =
            source == .users
            ? await memberTable(token, identity, &collected.members) : MemberTable()
        let writer = try await open(source, &collected)
        let sent = try await read(
            source, &links, token, identity, members: table, leavingOut: survey.replaced,
            to: writer)
        guard sent.digest == survey.digest else {
            throw Failure(.unavailable, "the report changed while it was read; read it again")
        }
        return delivered(
            source, try await writer.finish(), digest: survey.digest, records: survey.records,
            shards: survey.files, notes: survey.notes)
    }

    /// Says what became of the members, whom only the users' labels need.
    func membersResult(_ collected: Collected) -> SourceResult {
        let users = collected.sources[.users]
        switch collected.members {
        case .read(let outcome):
            return SourceResult(
                previous[.members]?.outcome.isSettled == true ? .unchanged : .written,
                records: outcome.count, notes: outcome.notes.isEmpty ? nil : outcome.notes)
        case .failed(let failure):
            let outcome: Outcome = failure.code == .forbidden ? .noPermission : .failed
            return without(
                .members, outcome, "the users have neither name nor address: \(failure.message)")
        case .notAsked: break
        }
        if function.settings.identity != .full {
            return without(
                .members, .notApplicable,
                "USER_IDENTITY is \(function.settings.identity.rawValue), which shows no names")
        }
        guard users?.outcome == .unchanged else {
            return without(
                .members, users?.outcome.isSettled == true ? .notApplicable : .notReady,
                "members are read together with users, and there was nothing to send of those")
        }
        if let known = previous[.members], known.outcome.isSettled {
            return known.outcome == .written ? unchanged(.members) : known
        }
        return without(
            .members, .notApplicable,
            "the users of this day were sent without names and addresses, because the members could "
                + "not be read then; sending them again would double each series")
    }

    private func ask(
        _ source: Source, _ token: Secret
    ) async throws(Failure) -> ReportAvailability {
        try await function.github.report(
            source, of: event.organization, day: event.day, token: token)
    }

    /// Reads every file of a report; a link that expired is replaced once.
    private func read(
        _ source: Source, _ links: inout [ReportLink], _ token: Secret, _ identity: Identity,
        members: MemberTable = MemberTable(), leavingOut replaced: Set<Int> = [],
        to writer: (any SampleWriter)? = nil
    ) async throws(Failure) -> ReportSurvey {
        var pass = ReportPass(
            scope: scope(source), identity: identity, members: members, leavingOut: replaced)
        var isRenewed = false
        var file = 0
        while file < links.count {
            let body: HTTPBody
            do throws(Failure) {
                body = try await function.github.download(links[file])
            } catch  where error.code == .forbidden {
                guard !isRenewed, case .ready(let fresh) = try await ask(source, token),
                    fresh.count == links.count
                else { throw Failure(.unavailable, error.message) }
                links = fresh
                isRenewed = true
                continue
            }
            pass.beginFile()
            while let chunk = try await body.next() {
                try unwrap { () throws(ReportError) in try pass.feed(chunk) }
                try await flush(&pass, atLeast: Self.batchSampleCount, to: writer)
            }
            try unwrap { () throws(ReportError) in try pass.endFile() }
            try await flush(&pass, atLeast: 1, to: writer)
            file += 1
        }
        return pass.survey
    }

    private func flush(
        _ pass: inout ReportPass, atLeast count: Int, to writer: (any SampleWriter)?
    ) async throws(Failure) {
        guard let writer else { return pass.clearBatch() }
        guard pass.batch.samples.count >= count else { return }
        try await writer.write(pass.batch)
        pass.clearBatch()
    }

    private func unwrap(_ body: () throws(ReportError) -> Void) throws(Failure) {
        do throws(ReportError) {
            try body()
        } catch {
            throw Failure(.malformedReply, "\(error); nothing of this report was sent")
        }
    }

    private func memberTable(
        _ token: Secret, _ identity: Identity, _ members: inout MemberReading
    ) async -> MemberTable {
        guard identity.mode == .full else { return MemberTable() }
        var table = MemberTable()
        do throws(Failure) {
            members = .read(
                try await function.github.members(of: event.organization, token: token) { page in
                    for member in page {
                        table.add(
                            id: member.id, login: member.login, name: member.name,
                            email: member.email)
                    }
                })
        } catch {
            // What was read before the failure still names its people.
            members = .failed(error)
        }
        return table
    }
}
