/// Every variable that the programs read; no other place spells a name.
///
/// Names of GitHub's addresses follow GitHub Actions,
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/variables>.
public enum Variable: String, CaseIterable, Sendable {
    /// The base address of the REST API.
    case gitHubAPIURL = "GITHUB_API_URL"
    /// The base address of the web pages.
    case gitHubServerURL = "GITHUB_SERVER_URL"
    /// The address of the GraphQL API.
    case gitHubGraphQLURL = "GITHUB_GRAPHQL_URL"
    /// The hosts from which reports may be downloaded.
    case reportHosts = "GITHUB_REPORT_HOSTS"
    /// The App ID.
    case appID = "GITHUB_APP_ID"
    /// The App's OAuth client ID.
    case clientID = "GITHUB_APP_CLIENT_ID"
    /// The OAuth client's secret.
    case clientSecret = "GITHUB_APP_CLIENT_SECRET"
    /// The App's name in addresses.
    case appSlug = "GITHUB_APP_SLUG"
    /// The App's private key.
    case privateKey = "GITHUB_APP_PRIVATE_KEY"
    /// The path of the App's private key.
    case privateKeyFile = "GITHUB_APP_PRIVATE_KEY_FILE"
    /// The enterprise that pays for organizations.
    case enterprise = "GITHUB_ENTERPRISE"
    /// The token that may read the enterprise's bill.
    case billingToken = "GITHUB_BILLING_TOKEN"
    /// The secret that opens the authorization page.
    case setupToken = "SETUP_TOKEN"
    /// The address at which browsers reach this deployment.
    case publicURL = "PUBLIC_URL"
    /// The state store.
    case stateStore = "STATE_STORE"
    /// The keys that seal tokens.
    case encryptionKeys = "STATE_ENCRYPTION_KEYS"
    /// The event bus.
    case eventBus = "EVENT_BUS"
    /// The metrics backends.
    case metricsSink = "METRICS_SINK"
    /// Credentials of a remote-write backend: a token.
    case bearerToken = "REMOTE_WRITE_BEARER_TOKEN"
    /// Credentials of a remote-write backend: a user.
    case remoteWriteUser = "REMOTE_WRITE_USERNAME"
    /// Credentials of a remote-write backend: the user's password.
    case remoteWritePassword = "REMOTE_WRITE_PASSWORD"
    /// Credentials of a remote-write backend: header lines.
    case remoteWriteHeaders = "REMOTE_WRITE_HEADERS"
    /// The Coralogix Send-Your-Data API key.
    case coralogixKey = "CORALOGIX_API_KEY"
    /// Where samples can be read back.
    case queryURL = "QUERY_URL"
    /// Credentials of that address: a token.
    case queryBearerToken = "QUERY_BEARER_TOKEN"
    /// Credentials of that address: a user.
    case queryUser = "QUERY_USERNAME"
    /// Credentials of that address: the user's password.
    case queryPassword = "QUERY_PASSWORD"
    /// The organizations that are collected.
    case organizations = "ORGANIZATIONS"
    /// The organizations that are not collected.
    case organizationsExcept = "ORGANIZATIONS_EXCEPT"
    /// The application of a new integration.
    case application = "APPLICATION_NAME"
    /// The subsystem of a new integration.
    case subsystem = "SUBSYSTEM_NAME"
    /// The number of past days that a tick checks.
    case lookbackDays = "LOOKBACK_DAYS"
    /// Whether a tick over many integrations is split.
    case splitTicks = "SPLIT_TICKS"
    /// The labels that identify a user.
    case userIdentity = "USER_IDENTITY"
    /// The groups of optional metrics.
    case extraMetrics = "EXTRA_METRICS"
    /// Whether the collector writes metrics about itself.
    case collectorMetrics = "COLLECTOR_METRICS"
    /// The lowest level that is logged.
    case logLevel = "LOG_LEVEL"
    /// The format of log lines.
    case logFormat = "LOG_FORMAT"
    /// The longest wait for GitHub.
    case requestTimeout = "REQUEST_TIMEOUT_SECONDS"
    /// The most events that a worker processes at once.
    case workerConcurrency = "WORKER_CONCURRENCY"
    /// The function to serve, if no argument names it.
    case functionTarget = "FUNCTION_TARGET"
    /// The port to serve HTTP on.
    case port = "PORT"
    /// Knative's name for the address to send events to.
    case knativeSink = "K_SINK"
    /// Knative's attributes for events that are sent.
    case knativeOverrides = "K_CE_OVERRIDES"
    /// curl's name for the file of trusted certificates.
    case curlCABundle = "CURL_CA_BUNDLE"
    /// OpenSSL's name for the file of trusted certificates.
    case sslCertFile = "SSL_CERT_FILE"
    /// curl's name for the proxy.
    case httpsProxy = "HTTPS_PROXY"
    /// AWS's region.
    case awsRegion = "AWS_REGION"
    /// The same, by its older name.
    case awsDefaultRegion = "AWS_DEFAULT_REGION"
    /// An AWS access key.
    case awsKeyID = "AWS_ACCESS_KEY_ID"
    /// The access key's secret.
    case awsSecretKey = "AWS_SECRET_ACCESS_KEY"
    /// The session token of a temporary access key.
    case awsSessionToken = "AWS_SESSION_TOKEN"
    /// The address at which a container gets credentials.
    case awsContainerURL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
    /// The same as a path at Amazon ECS's own address.
    case awsContainerPath = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    /// The authorization token for that address.
    case awsContainerToken = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
    /// A file that holds that token.
    case awsContainerTokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
    /// The address of the instance metadata service.
    case awsMetadataEndpoint = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
    /// Whether the instance metadata service must not be asked.
    case awsMetadataDisabled = "AWS_EC2_METADATA_DISABLED"
    /// Another address for all services.
    case awsEndpoint = "AWS_ENDPOINT_URL"
    /// Another address for DynamoDB.
    case awsDynamoDBEndpoint = "AWS_ENDPOINT_URL_DYNAMODB"
    /// Another address for SQS.
    case awsSQSEndpoint = "AWS_ENDPOINT_URL_SQS"
}

extension Variable {
    /// The description of a variable.
    public struct Entry: Sendable {
        /// The variable.
        public let variable: Variable
        /// The default in the container.
        public let containerDefault: String?
        /// The default in the local runner.
        public let localDefault: String?
        /// Whether its value must not be shown.
        public let isSecret: Bool
        /// The meaning and the form in Markdown: a phrase that completes "Set it to".
        public let markdown: String

        /// The meaning and the form in plain text.
        public var meaning: String { markdown.filter { $0 != "`" } }

        init(
            _ variable: Variable, _ container: String?, _ local: String?, _ isSecret: Bool,
            _ markdown: String
        ) {
            self.variable = variable
            containerDefault = container
            localDefault = local
            self.isSecret = isSecret
            self.markdown = markdown
        }
    }

    // A table reads by its columns, so the formatter leaves it alone.
    // swift-format-ignore
    /// All variables, in the order in which a deployment is set up.
    public static let table: [Entry] = [
        //    variable              container                  local runner               secret meaning
        Entry(.appID,               nil,                       nil,                       false, "the App ID shown on the GitHub App's settings page"),
        Entry(.clientID,            nil,                       nil,                       false, "the client ID shown on the GitHub App's settings page"),
        Entry(.clientSecret,        nil,                       nil,                       true,  "a client secret generated on the GitHub App's settings page"),
        Entry(.appSlug,             nil,                       nil,                       false, "the App's name in its address, `https://github.com/apps/NAME`"),
        Entry(.privateKey,          nil,                       nil,                       true,  "the text of the App's private key (`.pem`), generated on the GitHub App's settings page; or set `GITHUB_APP_PRIVATE_KEY_FILE` to the path of the file"),
        Entry(.privateKeyFile,      nil,                       nil,                       false, "the path of the App's private key (`.pem`)"),
        Entry(.enterprise,          nil,                       nil,                       false, "the slug of the enterprise that pays for organizations without a bill of their own, the last part of `https://github.com/enterprises/NAME`; set `GITHUB_BILLING_TOKEN` as well"),
        Entry(.billingToken,        nil,                       nil,                       true,  "a classic personal access token of an owner or billing manager of `GITHUB_ENTERPRISE`, with the scope `manage_billing:enterprise`"),
        Entry(.publicURL,           nil,                       "http://127.0.0.1:8080",   false, "the https address at which browsers reach this deployment; the App's callback URL is this address followed by `/authorize/callback`"),
        Entry(.setupToken,          nil,                       nil,                       true,  "a secret that anyone who opens a page must present, for example the output of `openssl rand -hex 24`; required unless `PUBLIC_URL` and the address that is listened on are loopback"),
        Entry(.stateStore,          nil,                       "file:./state",            true,  "the state store: `postgres://…`, `dynamodb:TABLE`, `file:DIR`, or `memory` for a trial"),
        Entry(.encryptionKeys,      nil,                       nil,                       true,  "256-bit keys in base64, separated by commas; the first one seals, all can open; generate one with `openssl rand -base64 32`"),
        Entry(.eventBus,            nil,                       "file:./bus",              true,  "the event bus: `postgres://…`, `sqs:QUEUE_URL`, `file:DIR`, or `http:URL` for CloudEvents over HTTP"),
        Entry(.metricsSink,         nil,                       "file:./metrics",          false, "one or more metrics backends, separated by spaces: `file:DIR`, `remote-write:URL`, `coralogix:DOMAIN`"),
        Entry(.bearerToken,         nil,                       nil,                       true,  "the bearer token for the remote-write backend"),
        Entry(.remoteWriteUser,     nil,                       nil,                       false, "the user name for the remote-write backend"),
        Entry(.remoteWritePassword, nil,                       nil,                       true,  "the password that belongs to `REMOTE_WRITE_USERNAME`"),
        Entry(.remoteWriteHeaders,  nil,                       nil,                       true,  "further header lines for the remote-write backend, `Name: value`, separated by semicolons"),
        Entry(.coralogixKey,        nil,                       nil,                       true,  "the Coralogix Send-Your-Data API key"),
        Entry(.queryURL,            nil,                       nil,                       false, "a Prometheus HTTP API that holds the samples, such as `http://prometheus:9090`: where the pages read them if no backend is `file:DIR`, and `doctor` finds out whether they arrive"),
        Entry(.queryBearerToken,    nil,                       nil,                       true,  "the bearer token for `QUERY_URL`"),
        Entry(.queryUser,           nil,                       nil,                       false, "the user name for `QUERY_URL`"),
        Entry(.queryPassword,       nil,                       nil,                       true,  "the password that belongs to `QUERY_USERNAME`"),
        Entry(.organizations,       nil,                       nil,                       false, "the organizations to collect, logins separated by spaces or commas, `*` for any text, such as `acme acme-*`; all if not set"),
        Entry(.organizationsExcept, nil,                       nil,                       false, "the organizations not to collect, in the same form; it takes precedence over `ORGANIZATIONS`"),
        Entry(.application,         "copilot",                 "copilot",                 false, "the application name of new integrations"),
        Entry(.subsystem,           nil,                       nil,                       false, "the subsystem name of new integrations"),
        Entry(.lookbackDays,        "3",                       "3",                       false, "the number of past days that each tick checks, 1 to 366"),
        Entry(.splitTicks,          nil,                       nil,                       false, "`on` to split a tick over more than 8 integrations into ticks over one each, or `off`; by default `on` if `EVENT_BUS` is `postgres://…` or `file:DIR`, because ticks on it reach `onDailyTick`"),
        Entry(.userIdentity,        "full",                    "full",                    false, "the labels that identify a user: `full` (login, ID, e-mail, name), `login` (login, ID), `pseudonym`, or `none` for no series per user"),
        Entry(.extraMetrics,        nil,                       nil,                       false, "the optional metrics to write, separated by spaces or commas: `billing-models` (AI credits on the bill, by model)"),
        Entry(.collectorMetrics,    "on",                      "on",                      false, "`on` to write the collector's own metrics, `copilot_usage_collector_*`, to the same backends, or `off`"),
        Entry(.gitHubAPIURL,        nil,                       nil,                       false, "the base address of GitHub's REST API; by default that which belongs to `GITHUB_SERVER_URL`: `https://api.github.com`"),
        Entry(.gitHubServerURL,     nil,                       nil,                       false, "the base address of GitHub's web pages, for OAuth; by default that which belongs to `GITHUB_API_URL`: `https://github.com`"),
        Entry(.gitHubGraphQLURL,    nil,                       nil,                       false, "the address of GitHub's GraphQL API; by default `$GITHUB_API_URL/graphql`"),
        Entry(.reportHosts,         nil,                       nil,                       false, "the hosts from which reports may be downloaded, separated by commas; `*.` allows every subdomain, and `:port` also allows a private address, and plain http on loopback; by default `copilot-reports.github.com,*.blob.core.windows.net`"),
        Entry(.requestTimeout,      "30",                      "30",                      false, "the seconds to wait for a response from GitHub, and for more data during a download, 1 to 600"),
        Entry(.logLevel,            "info",                    "info",                    false, "the lowest level that is logged: `trace`, `debug`, `info`, `notice`, `warning`, `error` or `critical`"),
        Entry(.logFormat,           "json",                    "text",                    false, "`json` or `text`"),
        Entry(.workerConcurrency,   "4",                       nil,                       false, "the most events that a worker processes at once, 1 to 64"),
        Entry(.functionTarget,      nil,                       nil,                       false, "the function to run: `onAuthorize`, `onAuthorizeCallback`, `onDailyTick` or `onCollectOrg`"),
        Entry(.port,                "8080",                    nil,                       false, "the port to serve HTTP on"),
        Entry(.knativeSink,         nil,                       nil,                       false, "an http address to send events to; Knative's name for `EVENT_BUS`"),
        Entry(.knativeOverrides,    nil,                       nil,                       false, "attributes to add to events that are sent over HTTP, `{\"extensions\":{\"name\":\"value\"}}`; Knative sets it with `K_SINK`"),
        Entry(.curlCABundle,        nil,                       nil,                       false, "a file of trusted certificates to use instead of the system's"),
        Entry(.sslCertFile,         nil,                       nil,                       false, "the same under OpenSSL's name; `CURL_CA_BUNDLE` takes precedence"),
        Entry(.httpsProxy,          nil,                       nil,                       true,  "the proxy for https, also read as `https_proxy`; set it in the environment, where libcurl finds it together with `NO_PROXY`"),
        Entry(.awsRegion,           nil,                       nil,                       false, "the AWS region of the table and the queues; Lambda sets it"),
        Entry(.awsDefaultRegion,    nil,                       nil,                       false, "the same under its older name; `AWS_REGION` takes precedence"),
        Entry(.awsKeyID,            nil,                       nil,                       true,  "an AWS access key ID; leave it out where a role provides credentials"),
        Entry(.awsSecretKey,        nil,                       nil,                       true,  "the secret access key that belongs to `AWS_ACCESS_KEY_ID`"),
        Entry(.awsSessionToken,     nil,                       nil,                       true,  "the session token that belongs to `AWS_ACCESS_KEY_ID`, for temporary credentials"),
        Entry(.awsContainerURL,     nil,                       nil,                       false, "the address at which a container gets AWS credentials; the platform sets it"),
        Entry(.awsContainerPath,    nil,                       nil,                       false, "the same as a path at Amazon ECS's own address; the platform sets it"),
        Entry(.awsContainerToken,   nil,                       nil,                       true,  "the authorization token for that address; the platform sets it"),
        Entry(.awsContainerTokenFile, nil,                     nil,                       false, "a file that holds that token; the platform sets it"),
        Entry(.awsMetadataEndpoint, nil,                       nil,                       false, "the address of the EC2 instance metadata service; by default `http://169.254.169.254`"),
        Entry(.awsMetadataDisabled, nil,                       nil,                       false, "`true` to never ask the EC2 instance metadata service for credentials"),
        Entry(.awsEndpoint,         nil,                       nil,                       false, "another address for DynamoDB and SQS, such as that of an emulator"),
        Entry(.awsDynamoDBEndpoint, nil,                       nil,                       false, "another address for DynamoDB only"),
        Entry(.awsSQSEndpoint,      nil,                       nil,                       false, "another address for SQS only"),
    ]

    /// Variables that are set for one purpose, under a heading.
    public struct Section: Sendable {
        /// The heading.
        public let title: String
        /// The variables, in the order of the table.
        public let entries: [Entry]
    }

    /// The table in sections.
    public static var sections: [Section] {
        let starts: [(title: String, first: Variable)] = [
            ("GitHub App", .appID), ("Authorization", .publicURL),
            ("State and events", .stateStore),
            ("Metrics backends", .metricsSink), ("Collection", .organizations),
            ("Addresses of GitHub", .gitHubAPIURL), ("Logging and hosting", .logLevel),
            ("Knative", .knativeSink), ("Certificates and proxy", .curlCABundle),
            ("AWS", .awsRegion),
        ]
        var sections: [Section] = []
        for entry in table {
            if let start = starts.first(where: { $0.first == entry.variable }) {
                sections.append(Section(title: start.title, entries: [entry]))
            } else if let last = sections.popLast() {
                sections.append(Section(title: last.title, entries: last.entries + [entry]))
            }
        }
        return sections
    }

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
