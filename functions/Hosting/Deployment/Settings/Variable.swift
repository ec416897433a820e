/// Every variable that is read, and the only place that spells its name.
///
/// Names of GitHub's addresses follow GitHub Actions,
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/variables>.
public enum Variable: String, CaseIterable, Sendable {
    /// REST base.
    case gitHubAPIURL = "GITHUB_API_URL"
    /// Web base.
    case gitHubServerURL = "GITHUB_SERVER_URL"
    /// GraphQL address.
    case gitHubGraphQLURL = "GITHUB_GRAPHQL_URL"
    /// Where reports may be downloaded from.
    case reportHosts = "GITHUB_REPORT_HOSTS"
    /// The App's number.
    case appID = "GITHUB_APP_ID"
    /// The App's OAuth client.
    case clientID = "GITHUB_APP_CLIENT_ID"
    /// The OAuth client's secret.
    case clientSecret = "GITHUB_APP_CLIENT_SECRET"
    /// The App's name in addresses.
    case appSlug = "GITHUB_APP_SLUG"
    /// The App's private key.
    case privateKey = "GITHUB_APP_PRIVATE_KEY"
    /// A file that holds the App's private key.
    case privateKeyFile = "GITHUB_APP_PRIVATE_KEY_FILE"
    /// What opens the authorization page.
    case setupToken = "SETUP_TOKEN"
    /// Where browsers find us.
    case publicURL = "PUBLIC_URL"
    /// Where state is kept.
    case stateStore = "STATE_STORE"
    /// What tokens are sealed with.
    case encryptionKeys = "STATE_ENCRYPTION_KEYS"
    /// Where events travel.
    case eventBus = "EVENT_BUS"
    /// Where samples go.
    case metricsSink = "METRICS_SINK"
    /// Credentials of a remote-write backend: a token.
    case bearerToken = "REMOTE_WRITE_BEARER_TOKEN"
    /// Credentials of a remote-write backend: a user.
    case remoteWriteUser = "REMOTE_WRITE_USERNAME"
    /// Credentials of a remote-write backend: the user's password.
    case remoteWritePassword = "REMOTE_WRITE_PASSWORD"
    /// Credentials of a remote-write backend: header lines.
    case remoteWriteHeaders = "REMOTE_WRITE_HEADERS"
    /// Coralogix's key for sending.
    case coralogixKey = "CORALOGIX_API_KEY"
    /// The application of a new integration.
    case application = "APPLICATION_NAME"
    /// The subsystem of a new integration.
    case subsystem = "SUBSYSTEM_NAME"
    /// How many past days a tick makes sure of.
    case lookbackDays = "LOOKBACK_DAYS"
    /// What is said of a person.
    case userIdentity = "USER_IDENTITY"
    /// From which level on something is logged.
    case logLevel = "LOG_LEVEL"
    /// How log lines look.
    case logFormat = "LOG_FORMAT"
    /// How long GitHub may be silent.
    case requestTimeout = "REQUEST_TIMEOUT_SECONDS"
    /// How many events a worker has in work at once.
    case workerConcurrency = "WORKER_CONCURRENCY"
    /// The function to serve, where no argument names it.
    case functionTarget = "FUNCTION_TARGET"
    /// The port to serve HTTP on.
    case port = "PORT"
    /// Knative's name for where events go.
    case knativeSink = "K_SINK"
    /// Knative's extensions of events that leave.
    case knativeOverrides = "K_CE_OVERRIDES"
    /// curl's name for the file of trusted certificates.
    case curlCABundle = "CURL_CA_BUNDLE"
    /// OpenSSL's name for the file of trusted certificates.
    case sslCertFile = "SSL_CERT_FILE"
    /// curl's name for the way out of a closed network.
    case httpsProxy = "HTTPS_PROXY"
    /// AWS's region.
    case awsRegion = "AWS_REGION"
    /// The same, by its older name.
    case awsDefaultRegion = "AWS_DEFAULT_REGION"
    /// An AWS access key.
    case awsKeyID = "AWS_ACCESS_KEY_ID"
    /// The access key's secret.
    case awsSecretKey = "AWS_SECRET_ACCESS_KEY"
    /// What comes with an access key that is lent.
    case awsSessionToken = "AWS_SESSION_TOKEN"
    /// Where a container asks for access keys.
    case awsContainerURL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
    /// The same as a path at Amazon ECS's own address.
    case awsContainerPath = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    /// What a container shows there.
    case awsContainerToken = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
    /// A file with what a container shows there.
    case awsContainerTokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
    /// Where a machine asks for access keys.
    case awsMetadataEndpoint = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
    /// Whether a machine must not ask.
    case awsMetadataDisabled = "AWS_EC2_METADATA_DISABLED"
    /// Where AWS's services are.
    case awsEndpoint = "AWS_ENDPOINT_URL"
    /// Where DynamoDB is.
    case awsDynamoDBEndpoint = "AWS_ENDPOINT_URL_DYNAMODB"
    /// Where SQS is.
    case awsSQSEndpoint = "AWS_ENDPOINT_URL_SQS"
}

extension Variable {
    /// What a person is told about a variable.
    public struct Entry: Sendable {
        /// The variable.
        public let variable: Variable
        /// What holds where it is not set, in the container.
        public let containerDefault: String?
        /// What holds where it is not set, in the local runner.
        public let localDefault: String?
        /// Whether its value must not be shown.
        public let isSecret: Bool
        /// What it means and how it is written: a phrase that ends a sentence begun with "set it to".
        public let meaning: String

        init(
            _ variable: Variable, _ container: String?, _ local: String?, _ isSecret: Bool,
            _ meaning: String
        ) {
            self.variable = variable
            containerDefault = container
            localDefault = local
            self.isSecret = isSecret
            self.meaning = meaning
        }
    }

    // A table reads by its columns, so the formatter leaves it alone.
    // swift-format-ignore
    /// All variables, in the order in which a person sets them up.
    public static let table: [Entry] = [
        //    variable              container                  local runner               secret meaning
        Entry(.appID,               nil,                       nil,                       false, "the App ID on the GitHub App's settings page, a number"),
        Entry(.clientID,            nil,                       nil,                       false, "the Client ID on the GitHub App's settings page"),
        Entry(.clientSecret,        nil,                       nil,                       true,  "a client secret made on the GitHub App's settings page"),
        Entry(.appSlug,             nil,                       nil,                       false, "the App's name in its address, https://github.com/apps/NAME"),
        Entry(.privateKey,          nil,                       nil,                       true,  "the text of the App's private key (.pem), made on the GitHub App's settings page; or set GITHUB_APP_PRIVATE_KEY_FILE to its path"),
        Entry(.privateKeyFile,      nil,                       nil,                       false, "the path of the App's private key (.pem)"),
        Entry(.publicURL,           nil,                       "http://127.0.0.1:8080",   false, "the https address that browsers reach this deployment at; the App's callback URL is this plus /authorize/callback"),
        Entry(.setupToken,          nil,                       nil,                       true,  "a secret that a person must present to open /authorize, made for example with: openssl rand -hex 24; only where PUBLIC_URL is loopback may it be left out"),
        Entry(.stateStore,          nil,                       "file:./state",            true,  "a place for state: postgres://…, dynamodb:TABLE, file:DIR, or memory for a trial"),
        Entry(.encryptionKeys,      nil,                       nil,                       true,  "base64 keys of 256 bits separated by commas, the first seals and all open; make one with: openssl rand -base64 32"),
        Entry(.eventBus,            nil,                       "file:./bus",              true,  "a place for events: postgres://…, sqs:QUEUE_URL, file:DIR, or http:URL for CloudEvents over HTTP"),
        Entry(.metricsSink,         nil,                       "file:./metrics",          false, "a place for samples, or several separated by spaces: file:DIR, remote-write:URL, coralogix:DOMAIN"),
        Entry(.bearerToken,         nil,                       nil,                       true,  "the token that the remote-write backend asks for"),
        Entry(.remoteWriteUser,     nil,                       nil,                       false, "the user that the remote-write backend asks for"),
        Entry(.remoteWritePassword, nil,                       nil,                       true,  "the password of REMOTE_WRITE_USERNAME"),
        Entry(.remoteWriteHeaders,  nil,                       nil,                       true,  "header lines that the remote-write backend asks for, Name: value, separated by semicolons"),
        Entry(.coralogixKey,        nil,                       nil,                       true,  "the Coralogix Send-Your-Data API key"),
        Entry(.application,         "copilot",                 "copilot",                 false, "the application name of new integrations"),
        Entry(.subsystem,           nil,                       nil,                       false, "the subsystem name of new integrations"),
        Entry(.lookbackDays,        "3",                       "3",                       false, "how many past days each tick makes sure of, 1 to 366"),
        Entry(.userIdentity,        "full",                    "full",                    false, "what is said of a person: full (login, id, e-mail, name), login (login, id), pseudonym, or none"),
        Entry(.gitHubAPIURL,        "https://api.github.com",  "https://api.github.com",  false, "GitHub's REST base"),
        Entry(.gitHubServerURL,     "https://github.com",      "https://github.com",      false, "GitHub's web base, for OAuth"),
        Entry(.gitHubGraphQLURL,    nil,                       nil,                       false, "GitHub's GraphQL address ($GITHUB_API_URL/graphql)"),
        Entry(.reportHosts,         nil,                       nil,                       false, "hosts that reports may be downloaded from, separated by commas, with *. for all below and :port for plain http on loopback (copilot-reports.github.com,*.blob.core.windows.net)"),
        Entry(.requestTimeout,      "30",                      "30",                      false, "how many seconds GitHub may take for an answer, and say nothing in the midst of a file, 1 to 600"),
        Entry(.logLevel,            "info",                    "info",                    false, "trace, debug, info, notice, warning, error or critical"),
        Entry(.logFormat,           "json",                    "text",                    false, "json or text"),
        Entry(.workerConcurrency,   "4",                       nil,                       false, "how many events a worker has in work at once, 1 to 64"),
        Entry(.functionTarget,      nil,                       nil,                       false, "the function to run: onAuthorize, onAuthorizeCallback, onDailyTick or onCollectOrg"),
        Entry(.port,                "8080",                    nil,                       false, "the port to serve HTTP on"),
        Entry(.knativeSink,         nil,                       nil,                       false, "Knative's name of EVENT_BUS, an http address"),
        Entry(.knativeOverrides,    nil,                       nil,                       false, "extensions for events that are sent over HTTP, {\"extensions\":{\"name\":\"value\"}}; Knative sets it beside K_SINK"),
        Entry(.curlCABundle,        nil,                       nil,                       false, "a file of trusted certificates in place of the system's"),
        Entry(.sslCertFile,         nil,                       nil,                       false, "the same, by OpenSSL's name; CURL_CA_BUNDLE wins"),
        Entry(.httpsProxy,          nil,                       nil,                       true,  "the proxy that https goes through, also as https_proxy; set it in the environment, where libcurl finds it with NO_PROXY"),
        Entry(.awsRegion,           nil,                       nil,                       false, "the AWS region of the table and the queues; Lambda sets it"),
        Entry(.awsDefaultRegion,    nil,                       nil,                       false, "the same, by its older name; AWS_REGION wins"),
        Entry(.awsKeyID,            nil,                       nil,                       true,  "an AWS access key; where there is a role, leave it out"),
        Entry(.awsSecretKey,        nil,                       nil,                       true,  "the secret of AWS_ACCESS_KEY_ID"),
        Entry(.awsSessionToken,     nil,                       nil,                       true,  "the session token of AWS_ACCESS_KEY_ID, where it is lent for a while"),
        Entry(.awsContainerURL,     nil,                       nil,                       false, "where a container asks for AWS access keys; the platform sets it"),
        Entry(.awsContainerPath,    nil,                       nil,                       false, "the same as a path at Amazon ECS's own address; the platform sets it"),
        Entry(.awsContainerToken,   nil,                       nil,                       true,  "what a container shows there; the platform sets it"),
        Entry(.awsContainerTokenFile, nil,                     nil,                       false, "a file with what a container shows there; the platform sets it"),
        Entry(.awsMetadataEndpoint, nil,                       nil,                       false, "where a machine asks for AWS access keys (http://169.254.169.254)"),
        Entry(.awsMetadataDisabled, nil,                       nil,                       false, "true, to ask no machine for AWS access keys"),
        Entry(.awsEndpoint,         nil,                       nil,                       false, "another address for DynamoDB and SQS, such as an emulator's"),
        Entry(.awsDynamoDBEndpoint, nil,                       nil,                       false, "another address for DynamoDB alone"),
        Entry(.awsSQSEndpoint,      nil,                       nil,                       false, "another address for SQS alone"),
    ]

    /// Whether its value must not be shown.
    public var isSecret: Bool { entry.isSecret }

    /// The row of the table.
    public var entry: Entry {
        guard let entry = Self.table.first(where: { $0.variable == self }) else {
            preconditionFailure("\(rawValue) has no row in the table")
        }
        return entry
    }
}
