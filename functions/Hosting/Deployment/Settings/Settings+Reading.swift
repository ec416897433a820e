import AWS
import CloudEvents
public import Domain
import GitHub
import Host
import Logging
import OnDailyTick
import Ports
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Settings {
    /// Reads and checks all settings.
    ///
    /// - Parameters:
    ///   - environment: The process's environment; it takes precedence over the file.
    ///   - file: The variables that ``EnvironmentFile`` read.
    ///   - defaults: The program whose defaults apply.
    ///   - functions: The functions that will run; the variables they need must be set.
    ///   - variables: Further variables that must be set.
    ///   - host: The address that pages are served on; nil if none are served. One that other
    ///     machines can reach requires SETUP_TOKEN.
    ///   - heeded: The variables that are used; problems with others are ignored.
    /// - Throws: `misconfigured` with a line per problem: the variable, the problem and the fix.
    public init(
        environment: [String: String], file: [String: String] = [:], defaults: Defaults,
        for functions: [FunctionName] = [], and variables: [Variable] = [],
        listeningOn host: String? = nil, heeding heeded: Set<Variable> = Set(Variable.allCases)
    ) throws(Failure) {
        var reader = SettingsReader(environment: environment, file: file, defaults: defaults)
        try self.init(from: &reader)
        canStoreApp = hasPlaceForApp(defaults)
        warnings = warnings(for: functions)
        let names = [String](environment.keys) + file.keys
        warnings += Self.misspellings(in: names)

        // A variable that is set but wrong is not missing as well.
        var excused = Set(reader.problems.map(\.variable))
        if excused.contains(.privateKeyFile) { excused.insert(.privateKey) }
        // The local runner generates a key on first use if no other machine needs it.
        if defaults == .local, stateStore?.isLocal ?? true { excused.insert(.encryptionKeys) }
        let missing =
            (missing(for: functions) + missing(variables)
            + missingSetupToken(for: functions, listeningOn: host))
            .filter { !excused.contains($0.variable) }
        let problems = reader.problems.filter { heeded.contains($0.variable) } + missing
        try Self.refuse(problems.map { $0.explained(by: Self.misspelled(names)) })
    }

    /// Checks that the variables that functions need are set.
    ///
    /// - Throws: `misconfigured` with a line per variable that is not set.
    public func require(for functions: [FunctionName]) throws(Failure) {
        try Self.refuse(missing(for: functions))
    }

    private static func refuse(_ problems: [SettingProblem]) throws(Failure) {
        guard problems.isEmpty else {
            throw Failure(.misconfigured, problems.map(\.line).joined(separator: "\n"))
        }
    }

    private init(from reader: inout SettingsReader) throws(Failure) {
        gitHub = try Self.gitHub(from: &reader)
        appID = reader.value(.appID, "a number: \(Variable.appID.entry.meaning)") { Int64($0) }
        clientID = reader.value(
            .clientID,
            """
            the client ID of a GitHub App, which begins with Iv. This one is of an OAuth App, which \
            cannot be installed on organizations: register a GitHub App
            """
        ) { $0.hasPrefix("Ov") ? nil : $0 }
        clientSecret = reader.secret(.clientSecret)
        appSlug = reader.text(.appSlug)
        privateKey = Self.privateKey(from: &reader)
        enterprise = Self.enterprise(from: &reader)
        publicURL = reader.value(
            .publicURL, "an https address without a query, or plain http on loopback",
            PublicURL.init)
        setupToken = reader.secret(.setupToken)

        stateStore = reader.value(.stateStore, StateStoreSetting.parse)
        encryptionKeys =
            reader.value(
                .encryptionKeys,
                "256-bit keys in base64, separated by commas; generate one with openssl rand"
                    + " -base64 32", Self.keys) ?? []
        eventBus =
            reader.value(.eventBus, EventBusSetting.parse)
            ?? reader.value(.knativeSink, EventBusSetting.parse)
        eventExtensions =
            reader.value(.knativeOverrides, EventExtensions.init(overrides:)) ?? .none
        aws = AWSSettings(from: reader)
        sinks = Self.sinks(from: &reader)
        query = Self.query(from: &reader)

        organizations = Self.organizations(from: &reader)
        tags = SampleTags(
            application: reader.text(.application) ?? "copilot", subsystem: reader.text(.subsystem))
        lookbackDays =
            reader.value(.lookbackDays, "a number of days, 1 to \(DailyTick.dayCountMax)") {
                Int($0).flatMap { 1...DailyTick.dayCountMax ~= $0 ? $0 : nil }
            } ?? 3
        splitsTicks = reader.flag(.splitTicks) ?? eventBus?.deliversByType ?? false
        userIdentity = reader.word(.userIdentity, as: UserIdentity.self) ?? .full
        extraMetrics = Set(reader.words(.extraMetrics, as: ExtraMetrics.self))
        writesCollectorMetrics = reader.flag(.collectorMetrics) ?? true
        requestTimeout =
            reader.value(.requestTimeout, "a number of seconds, 1 to 600") {
                Int($0).flatMap { 1...600 ~= $0 ? .seconds($0) : nil }
            } ?? .seconds(30)
        workerConcurrency =
            reader.value(.workerConcurrency, "a number from 1 to 64") {
                Int($0).flatMap { 1...64 ~= $0 ? $0 : nil }
            } ?? 4
        logLevel = reader.word(.logLevel, as: Logger.Level.self) ?? .info
        logFormat = reader.word(.logFormat, as: LogFormat.self) ?? .json
        caFile = Self.caFile(from: &reader)
        proxy = reader.secret(.httpsProxy)
        canStoreApp = false
        warnings = []
    }

    private static func gitHub(
        from reader: inout SettingsReader
    ) throws(Failure) -> GitHubEndpoints {
        let standard = try GitHubEndpoints()
        // Each alone first, so that every wrong one is reported.
        let problemCount = reader.problems.count
        let checks: [(Variable, (String) throws(Failure) -> GitHubEndpoints)] = [
            (.gitHubAPIURL, { text throws(Failure) in try GitHubEndpoints(api: text) }),
            (.gitHubServerURL, { text throws(Failure) in try GitHubEndpoints(server: text) }),
            (.gitHubGraphQLURL, { text throws(Failure) in try GitHubEndpoints(graphql: text) }),
            (.reportHosts, { text throws(Failure) in try GitHubEndpoints(reportHosts: text) }),
        ]
        for (variable, check) in checks { _ = reader.value(variable, check) }
        guard reader.problems.count == problemCount else { return standard }
        return try GitHubEndpoints(
            api: reader.text(.gitHubAPIURL), server: reader.text(.gitHubServerURL),
            graphql: reader.text(.gitHubGraphQLURL), reportHosts: reader.text(.reportHosts))
    }

    private static func organizations(
        from reader: inout SettingsReader
    ) -> OrganizationSelection {
        let form = "logins of organizations separated by spaces or commas, with * for any text"
        return OrganizationSelection(
            only: reader.value(.organizations, form, OrganizationPatterns.init),
            except: reader.value(.organizationsExcept, form, OrganizationPatterns.init))
    }

    private static func privateKey(from reader: inout SettingsReader) -> Secret? {
        guard let path = reader.text(.privateKeyFile) else { return reader.secret(.privateKey) }
        guard reader.text(.privateKey) == nil else {
            reader.refuse(.privateKeyFile, "and GITHUB_APP_PRIVATE_KEY are both set. Keep one.")
            return nil
        }
        do {
            return Secret(try String(contentsOfFile: path, encoding: .utf8))
        } catch {
            reader.refuse(
                .privateKeyFile,
                "cannot be read. Check the path, and that this user may read the file.")
            return nil
        }
    }

    private static func keys(_ text: String) -> [Secret]? {
        let keys = text.split(separator: ",").map { $0.trimmed() }
        let isRight = keys.allSatisfy { Data(base64Encoded: $0)?.count == 32 }
        return isRight && !keys.isEmpty ? keys.map { Secret($0) } : nil
    }

    private static func caFile(from reader: inout SettingsReader) -> String? {
        for variable in [Variable.curlCABundle, .sslCertFile] {
            if let path = reader.value(
                variable, "a file that this user may read",
                { FileManager.default.isReadableFile(atPath: $0) ? $0 : nil })
            {
                return path
            }
        }
        return nil
    }
}
