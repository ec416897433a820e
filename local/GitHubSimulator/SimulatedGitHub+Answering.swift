import Toolbox
import ContentMD5
import Domain
import Logging
import Synchronization

extension SimulatedGitHub {
    /// Answers one request: finds out what is asked, lets faults strike, answers, and takes note.
    func answer(_ call: Call) -> Answer {
        var call = call
        var operation: Operation?
        var answer: Answer
        do throws(Refusal) {
            let found = try route(&call)
            operation = found
            try checkManners(found, call)
            answer = try perform(found, call, strickenBy: fault(striking: found, call))
        } catch {
            answer = error.answer
        }
        if call.role == .api { finish(&answer, call) }
        // Azure and GitHub both tell the time; here it is the simulation's.
        answer.fields["date"] = HTTPDate.format(call.moment)
        takeNote(call, operation, answer)
        return answer
    }

    private func route(_ call: inout Call) throws(Refusal) -> Operation {
        if call.role == .reportHost {
            call.parameters["org"] = ReportPart(path: call.path)?.organization
            return .download
        }
        for route in Route.all {
            guard let parameters = route.parameters(of: call) else { continue }
            call.parameters = parameters
            if let id = parameters["installation"].flatMap({ Int64($0) }) {
                call.parameters["org"] = world.organization(installation: id)?.login
            }
            if route.operation == .members {
                call.parameters["org"] = call.json?["variables"]?["login"]?.text
            }
            return route.operation == .exchangeCode ? try tokenOperation(call) : route.operation
        }
        recordViolation("there is no such thing to ask for", call)
        throw Refusal.notFound
    }

    /// The first fault that covers the call and whose turn it is.
    private func fault(striking operation: Operation, _ call: Call) -> Fault.Effect? {
        state.withLock { state in
            for (index, fault) in state.faults.enumerated()
            where fault.covers(operation, call) {
                var path = ""
                if case .firstOfEach = fault.occurrence { path = call.path }
                let count = state.faultCounts[FaultCount(fault: index, path: path), default: 0] + 1
                state.faultCounts[FaultCount(fault: index, path: path)] = count
                if fault.strikes(count) { return fault.effect }
            }
            return nil
        }
    }

    private func perform(
        _ operation: Operation, _ call: Call, strickenBy effect: Fault.Effect?
    ) throws(Refusal) -> Answer {
        if case .answers(let answer)? = effect { return answer }
        var answer = try perform(operation, call)
        switch effect {
        case .appends(let bytes): answer.body += bytes
        case .breaksOff(let count):
            answer.interruption = .init(byteCount: count, isSilent: false)
        case .fallsSilent(let count):
            answer.interruption = .init(byteCount: count, isSilent: true)
        case .rewrites(let change): if answer.status == 200 { change(&answer) }
        case .answers, .damages, nil: break
        }
        if operation == .download, answer.status == 200 {
            // As Azure has it of a file: what is stored, whatever befalls it later.
            answer.fields["content-md5"] = ContentMD5.field(for: answer.body)
            if case .damages? = effect { answer.raiseDigit() }
        }
        return answer
    }

    private func perform(_ operation: Operation, _ call: Call) throws(Refusal) -> Answer {
        guard operation.isREST else { return try performUnmetered(operation, call) }
        let name = try caller(call).budget
        let budget = spend(1, of: name, at: call.moment)
        var answer: Answer
        do throws(Refusal) {
            guard budget.used <= budget.limit else { throw Self.budgetRefusal(name) }
            answer = try performMetered(operation, call)
        } catch {
            answer = error.answer
        }
        answer.fields.merge(budget.fields("core")) { $1 }
        return answer
    }

    private func performUnmetered(_ operation: Operation, _ call: Call) throws(Refusal) -> Answer {
        switch operation {
        case .authorize: try authorize(call)
        case .decide: try decide(call)
        case .chooseOrganizations: try chooseOrganizations(call)
        case .install: try install(call)
        case .exchangeCode: try exchangeCode(call)
        case .refreshToken: try refresh(call)
        case .members: try members(call)
        case .download: try download(call)
        default: throw Refusal.notFound
        }
    }

    private func performMetered(_ operation: Operation, _ call: Call) throws(Refusal) -> Answer {
        switch operation {
        case .user: try user(call)
        case .userInstallations: try userInstallations(call)
        case .membership: try membership(call)
        case .app: try app(call)
        case .appInstallations: try appInstallations(call)
        case .appInstallation: try appInstallation(call)
        case .organizationInstallation: try organizationInstallation(call)
        case .installationToken: try installationToken(call)
        case .organizationReport: try report(.organization, call)
        case .usersReport: try report(.users, call)
        case .userTeamsReport: try report(.userTeams, call)
        case .billingSummary: try billingSummary(call)
        case .premiumRequests: try usage(of: .premiumRequests, call)
        case .aiCredits: try usage(of: .aiCredits, call)
        default: throw Refusal.notFound
        }
    }

    /// What GitHub and the report host ask of every request, and a little more; faults strike
    /// only those who keep to it.
    ///
    /// Source: <https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api>.
    private func checkManners(_ operation: Operation, _ call: Call) throws(Refusal) {
        if operation == .download { return try checkDownload(call) }
        guard operation.isAPI else { return }
        guard call.fields["user-agent"]?.isEmpty == false else {
            recordViolation("no User-Agent", call)
            throw Refusal(
                403,
                "Request forbidden by administrative rules. Please make sure your request has a "
                    + "User-Agent header.")
        }
        if call.query["access_token"] != nil { recordViolation("a token in the query", call) }
        guard operation.isREST else { return }
        switch call.fields["x-github-api-version"] {
        case "2026-03-10", "2022-11-28": break
        case nil: recordViolation("no X-GitHub-Api-Version", call)
        default:
            recordViolation("an X-GitHub-Api-Version that GitHub does not have", call)
            throw Refusal(410, "This API version is not supported.")
        }
    }

    /// Adds what every answer of GitHub carries.
    private func finish(_ answer: inout Answer, _ call: Call) {
        let id = makeWord("request", count: 16)
        answer.fields["x-github-request-id"] = id.uppercased()
        if answer.fields["content-type"]?.hasPrefix("application/json") ?? false {
            answer.fields["x-github-media-type"] = "github.v3; format=json"
        }
    }

    private func takeNote(_ call: Call, _ operation: Operation?, _ answer: Answer) {
        let record = RequestRecord(
            method: call.method, path: call.path, operation: operation,
            credential: credential(of: call), status: answer.status)
        state.withLock { $0.requests.append(record) }
        logger.debug(
            "answered",
            metadata: [
                "method": "\(record.method)", "path": "\(record.path)",
                "credential": "\(record.credential.rawValue)", "status": "\(record.status)",
            ])
    }
}

extension Answer {
    /// Makes a digit of the body a larger one, so that it is as good as before to whoever looks at its
    /// form alone.
    fileprivate mutating func raiseDigit() {
        let digits = UInt8(ascii: "1")...UInt8(ascii: "8")
        if let index = body.lastIndex(where: digits.contains) { body[index] += 1 }
    }
}
