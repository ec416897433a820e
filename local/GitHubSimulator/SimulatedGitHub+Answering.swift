import ContentMD5
import Domain
import Logging
import Synchronization
import Toolbox

extension SimulatedGitHub {
    /// Handles a request: finds its operation, applies faults, responds and records the request.
    func response(to request: SimulatedRequest) -> SimulatedResponse {
        var request = request
        var operation: GitHubOperation?
        var response: SimulatedResponse
        do throws(ErrorResponse) {
            let found = try matchedOperation(&request)
            operation = found
            try checkRequirements(found, request)
            response = try perform(found, request, effect: faultEffect(found, request))
        } catch {
            response = error.response
        }
        if request.role == .api { finish(&response, request) }
        // Both GitHub and Azure send a date; here it is the simulator's.
        response.fields["date"] = HTTPDate.format(request.moment)
        record(request, operation, response)
        return response
    }

    private func matchedOperation(
        _ request: inout SimulatedRequest
    ) throws(ErrorResponse) -> GitHubOperation {
        if request.role == .reportHost {
            request.parameters["org"] = ReportFileID(path: request.path)?.organization
            return .download
        }
        let parts = request.path.utf8.split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false
        ).map(Substring.init)
        for route in GitHubRoute.all {
            guard let parameters = route.parameters(of: request.method, parts) else { continue }
            request.parameters = parameters
            if parameters["enterprise"] != nil {
                request.parameters["org"] = request.query["organization"]
            }
            if let id = parameters["installation"].flatMap({ Int64($0) }) {
                request.parameters["org"] = world.organization(installation: id)?.login
            }
            if route.operation == .members {
                request.parameters["org"] = request.json?["variables"]?["login"]?.text
            }
            return route.operation == .exchangeCode ? try tokenOperation(request) : route.operation
        }
        recordViolation("an unknown endpoint", request)
        throw ErrorResponse.notFound
    }

    /// The effect of the first fault that applies to the request.
    private func faultEffect(
        _ operation: GitHubOperation, _ request: SimulatedRequest
    ) -> Fault.Effect? {
        state.withLock { state in
            for (index, fault) in state.faults.enumerated()
            where fault.covers(operation, request) {
                let key = FaultCount(fault: index, word: fault.countedBy(request))
                let count = state.faultCounts[key, default: 0] + 1
                state.faultCounts[key] = count
                if fault.occurs(at: count, on: request) {
                    state.struckFaults.insert(index)
                    return fault.effect
                }
            }
            return nil
        }
    }

    private func perform(
        _ operation: GitHubOperation, _ request: SimulatedRequest, effect: Fault.Effect?
    ) throws(ErrorResponse) -> SimulatedResponse {
        if case .answers(let response)? = effect { return response }
        var response = try perform(operation, request)
        switch effect {
        case .appends(let bytes): response.body += bytes
        case .breaksOff(let count):
            response.interruption = .init(byteCount: count, isSilent: false)
        case .fallsSilent(let count):
            response.interruption = .init(byteCount: count, isSilent: true)
        case .rewrites(let change): if 200...299 ~= response.status { change(&response) }
        case .answers, .damages, nil: break
        }
        if operation == .download, response.status == 200 {
            // As at Azure, the checksum is that of the stored file, before any damage on the way.
            if effect != nil {
                response.fields["content-md5"] = ContentMD5.field(for: response.body)
            }
            if case .damages? = effect { response.changeDigit() }
        }
        return response
    }

    private func perform(
        _ operation: GitHubOperation, _ request: SimulatedRequest
    ) throws(ErrorResponse) -> SimulatedResponse {
        guard operation.isREST else { return try performUnmetered(operation, request) }
        // A conversion needs no authorization: its code is the credential.
        let caller = operation == .convertManifest ? nil : try caller(request)
        let name = caller?.budget ?? "anonymous"
        let budget = spend(1, of: name, at: request.moment)
        var response: SimulatedResponse
        do throws(ErrorResponse) {
            guard budget.used <= budget.limit else { throw Self.budgetRefusal(name) }
            response = try performMetered(operation, request)
        } catch {
            response = error.response
        }
        response.fields.merge(budget.fields("core")) { $1 }
        if case .personal(let token)? = caller { response.fields.merge(token.fields) { $1 } }
        return response
    }

    private func performUnmetered(
        _ operation: GitHubOperation, _ request: SimulatedRequest
    ) throws(ErrorResponse) -> SimulatedResponse {
        switch operation {
        case .registrationPage: try registrationPage(request)
        case .createApp: try createApp(request)
        case .authorize: try authorize(request)
        case .decide: try decide(request)
        case .chooseOrganizations: try chooseOrganizations(request)
        case .install: try install(request)
        case .exchangeCode: try exchangeCode(request)
        case .refreshToken: try refresh(request)
        case .members: try members(request)
        case .download: try download(request)
        default: throw ErrorResponse.notFound
        }
    }

    private func performMetered(
        _ operation: GitHubOperation, _ request: SimulatedRequest
    ) throws(ErrorResponse) -> SimulatedResponse {
        switch operation {
        case .convertManifest: try convertManifest(request)
        case .user: try user(request)
        case .userInstallations: try userInstallations(request)
        case .membership: try membership(request)
        case .memberships: try memberships(request)
        case .app: try app(request)
        case .appInstallations: try appInstallations(request)
        case .appInstallation: try appInstallation(request)
        case .organizationInstallation: try organizationInstallation(request)
        case .installationToken: try installationToken(request)
        case .organizationReport: try report(.organization, request)
        case .usersReport: try report(.users, request)
        case .userTeamsReport: try report(.userTeams, request)
        case .billingSummary: try billingSummary(request)
        case .premiumRequests: try usage(of: .premiumRequests, request)
        case .aiCredits: try usage(of: .aiCredits, request)
        case .enterpriseSummary: try enterpriseSummary(request)
        case .enterprisePremiumRequests: try enterpriseUsage(of: .premiumRequests, request)
        case .enterpriseAICredits: try enterpriseUsage(of: .aiCredits, request)
        default: throw ErrorResponse.notFound
        }
    }

    /// Checks what GitHub and the report host require of every request; faults apply only to requests
    /// that pass.
    ///
    /// Source: <https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api>.
    private func checkRequirements(
        _ operation: GitHubOperation, _ request: SimulatedRequest
    ) throws(ErrorResponse) {
        if operation == .download { return try checkDownload(request) }
        guard operation.isAPI else { return }
        guard request.fields["user-agent"]?.isEmpty == false else {
            recordViolation("no User-Agent", request)
            throw ErrorResponse(
                403,
                "Request forbidden by administrative rules. Please make sure your request has a "
                    + "User-Agent header.")
        }
        if request.query["access_token"] != nil { recordViolation("a token in the query", request) }
        guard operation.isREST else { return }
        switch request.fields["x-github-api-version"] {
        case "2026-03-10", "2022-11-28": break
        case nil: recordViolation("no X-GitHub-Api-Version", request)
        default:
            recordViolation("an X-GitHub-Api-Version that GitHub does not have", request)
            throw ErrorResponse(410, "This API version is not supported.")
        }
    }

    /// Adds the header fields of every GitHub response.
    private func finish(_ response: inout SimulatedResponse, _ request: SimulatedRequest) {
        response.fields["x-github-request-id"] = makeResponseID()
        if response.fields["content-type"]?.hasPrefix("application/json") ?? false {
            response.fields["x-github-media-type"] = "github.v3; format=json"
        }
    }

    private func record(
        _ request: SimulatedRequest, _ operation: GitHubOperation?, _ response: SimulatedResponse
    ) {
        let entry = RequestRecord(
            method: request.method,
            // The code in it is a credential.
            path: operation == .convertManifest
                ? "/app-manifests/CODE/conversions" : request.path,
            operation: operation,
            credential: credential(of: request), status: response.status)
        state.withLock { $0.requests.append(entry) }
        logger.debug(
            "answered",
            metadata: [
                "method": "\(entry.method)", "path": "\(entry.path)",
                "credential": "\(entry.credential.rawValue)", "status": "\(entry.status)",
            ])
    }
}

extension SimulatedResponse {
    /// Increases a digit of the body, so that the body is still well-formed.
    fileprivate mutating func changeDigit() {
        let digits = UInt8(ascii: "1")...UInt8(ascii: "8")
        if let index = body.lastIndex(where: digits.contains) { body[index] += 1 }
        isDamaged = true
    }
}
