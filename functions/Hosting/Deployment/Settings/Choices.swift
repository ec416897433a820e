import Domain
import Ports
public import Postgres
public import RemoteWrite
import Toolbox

/// The state store.
public enum StateStoreSetting: Sendable {
    /// In this process; lost when it ends.
    case memory
    /// In a folder.
    case file(folder: String)
    /// In a PostgreSQL database; the address may contain a password.
    case postgres(PostgresAddress)
    /// In a DynamoDB table.
    case dynamoDB(table: String)

    /// The name in messages, without an address that may contain a password.
    public var name: String {
        switch self {
        case .memory: "memory"
        case .file(let folder): "file:\(folder)"
        case .postgres: "postgres"
        case .dynamoDB(let table): "dynamodb:\(table)"
        }
    }

    /// Whether only this machine can reach it.
    var isLocal: Bool {
        switch self {
        case .memory, .file: true
        case .postgres, .dynamoDB: false
        }
    }

    static func parse(_ text: String) throws(Failure) -> Self {
        let (kind, place) = splitKind(text)
        switch kind {
        case "memory" where place.isEmpty: return .memory
        case "file" where !place.isEmpty: return .file(folder: place)
        case "postgres", "postgresql":
            return .postgres(
                try PostgresAddress(text, variable: Variable.stateStore.rawValue))
        case "dynamodb" where !place.isEmpty: return .dynamoDB(table: place)
        default:
            let hint = Spelling.hint(kind, ["postgres", "dynamodb", "file", "memory"])
            throw Failure(
                .misconfigured,
                "STATE_STORE must be postgres://…, dynamodb:TABLE, file:DIR, or memory for a trial."
                    + hint)
        }
    }
}

/// The event bus.
public enum EventBusSetting: Sendable {
    /// Through a folder.
    case file(folder: String)
    /// Through a PostgreSQL database; the address may contain a password.
    case postgres(PostgresAddress)
    /// Through an SQS queue.
    case sqs(queueURL: String)
    /// To a receiver of CloudEvents over HTTP; nothing can be received from it.
    case http(url: String)

    /// The name in messages, without an address that may contain a password.
    public var name: String {
        switch self {
        case .file(let folder): "file:\(folder)"
        case .postgres: "postgres"
        case .sqs(let queueURL): "sqs:\(queueURL)"
        case .http: "http"
        }
    }

    /// Whether each event certainly reaches the function of its type, because workers receive it.
    ///
    /// Lambda passes all messages of a queue to one function, and at an http address there may be one.
    var deliversByType: Bool {
        switch self {
        case .file, .postgres: true
        case .sqs, .http: false
        }
    }

    static func parse(_ text: String) throws(Failure) -> Self {
        let (kind, place) = splitKind(text)
        switch kind {
        case "file" where !place.isEmpty: return .file(folder: place)
        case "postgres", "postgresql":
            return .postgres(try PostgresAddress(text, variable: Variable.eventBus.rawValue))
        case "sqs" where place.hasPrefix("http"): return .sqs(queueURL: place)
        // EVENT_BUS=http:URL; K_SINK is a plain address.
        case "http" where place.hasPrefix("http"): return .http(url: place)
        case "http", "https": return .http(url: text)
        default:
            let hint = Spelling.hint(kind, ["postgres", "sqs", "http", "file"])
            throw Failure(
                .misconfigured,
                "EVENT_BUS must be postgres://…, sqs:QUEUE_URL, http:URL or file:DIR, and K_SINK"
                    + " an http address.\(hint)")
        }
    }
}

/// A metrics backend.
///
/// It prints as its name, also in a `dump`: the address of a backend may contain a secret.
public enum SinkSetting: Sendable, CustomStringConvertible, CustomReflectable {
    /// Into OpenMetrics files.
    case file(folder: String)
    /// To a backend that speaks Prometheus remote write.
    case remoteWrite(RemoteWriteSettings, name: String)

    /// The name in messages: the setting without a query, which may contain a secret.
    public var name: String {
        switch self {
        case .file(let folder): "file:\(folder)"
        case .remoteWrite(_, let name): name
        }
    }

    /// The name.
    public var description: String { name }

    /// A mirror with nothing in it.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Splits `kind:place`.
func splitKind(_ text: String) -> (kind: String, place: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    return (parts[0].lowercased(), parts.count == 2 ? String(parts[1]) : "")
}
