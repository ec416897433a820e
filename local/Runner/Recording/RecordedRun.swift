public import Domain
import Ports
import Toolbox

/// One run of one function: its event and result, and every call to a port with its answer.
///
/// Each secret is replaced by the same placeholder wherever it occurs. See ``Scrubber``.
public struct RecordedRun: Codable, Hashable, Sendable {
    /// The function.
    public var function: FunctionName
    /// The event.
    public var event: JSONValue
    /// The output, or a ``FailureReport``.
    public var result = JSONValue.null
    /// The readings of the clock, in order.
    public var clock: [Timestamp] = []
    /// The random bytes that were drawn, in order, in hexadecimal.
    public var entropy: [String] = []
    /// The requests and responses, in the order they were sent.
    public var exchanges: [Exchange] = []
    /// The calls to the store and their answers.
    public var store: [StoreCall] = []
    /// The calls to the vault.
    public var vault: [VaultCall] = []
    /// The deliveries to the metrics backend and their results.
    public var writings: [Writing] = []

    /// The samples about the collector and what became of them; nil in an older recording.
    public var collectorWritings: [Writing]?

    /// Begins the record of a run.
    public init(function: FunctionName, event: JSONValue) {
        self.function = function
        self.event = event
    }

    /// One request and its response.
    public struct Exchange: Codable, Hashable, Sendable {
        /// The method.
        public var method: String
        /// The address.
        public var url: String
        /// The names of the headers that contained secrets.
        public var secretFields: [String]?
        /// The body of the request, if it has one.
        public var body: Body?
        /// The status of the response; nil if there was none.
        public var status: Int?
        /// The headers of the response.
        public var fields: [String: String]?
        /// The part of the response body that was read.
        public var reply: Body?
        /// The failure of the exchange, before the response or within its body.
        public var failure: Mishap?
        /// The place of the request among all requests, responses and ends of bodies of the run,
        /// which are numbered in the order in which they happened; nil in an older recording.
        public var began: Int?
        /// The place of the response, or of the failure to get one.
        public var answered: Int?
        /// The place of the body's end, or of the failure to read it; nil if it was not read so far.
        public var ended: Int?
    }

    /// One call of the store.
    public struct StoreCall: Codable, Hashable, Sendable {
        /// The operation: `entry`, `put`, `remove` or `keys`.
        public var call: String
        /// The key, or for `keys` the prefix.
        public var key: String
        /// The other arguments as text: a condition, an expiry, a page.
        public var terms: String?
        /// The value that was read or written.
        public var value: Body?
        /// The version that was read or written.
        public var version: UInt64?
        /// The keys that were found.
        public var keys: [String]?
        /// The failure of the call.
        public var failure: Mishap?
    }

    /// One call of the vault.
    public struct VaultCall: Codable, Hashable, Sendable {
        /// The operation: `seal` or `open`.
        public var call: String
        /// The key of the store that the value is sealed for.
        public var place: String
        /// The opened text.
        public var text: String?
        /// The placeholder of the sealed form.
        public var sealed: String
        /// The failure to open it.
        public var failure: Mishap?
    }

    /// The samples of one source and day, sent to the metrics backend.
    public struct Writing: Codable, Hashable, Sendable {
        /// The organization, the day and the source.
        public var scope: String
        /// The number of samples written.
        public var samples = 0
        /// The digest of all samples; see ``SampleDigest``.
        public var digest = "0"
        /// The result of the delivery; nil if it was not finished.
        public var delivery: Delivered?
        /// The failure of the delivery.
        public var failure: Mishap?
    }

    /// A ``Delivery`` in JSON.
    public struct Delivered: Codable, Hashable, Sendable {
        /// The number of samples accepted.
        public var accepted: Int
        /// The number of samples rejected.
        public var rejected: Int
        /// The backend's reasons.
        public var reasons: [String]
    }

    /// A ``Failure`` in JSON, with everything a caller can see of it.
    public struct Mishap: Codable, Hashable, Sendable {
        /// The code.
        public var code: Failure.Code
        /// The message.
        public var message: String
        /// The wait that the other side asked for, in milliseconds.
        public var delayMilliseconds: Int?
    }

    /// Bytes: short text inline, anything else in a file of its own.
    public enum Body: Codable, Hashable, Sendable {
        /// The bytes themselves.
        case bytes([UInt8])
        /// The name of the file that holds them.
        case file(String)

        private struct Reference: Codable { var file: String }

        /// Decodes text, or `{"file":…}`.
        public init(from decoder: any Decoder) throws {
            if let reference = try? Reference(from: decoder) {
                self = .file(reference.file)
            } else {
                let text = try decoder.singleValueContainer().decode(String.self)
                self = .bytes(Array(text.utf8))
            }
        }

        /// Encodes text, or `{"file":…}`; bytes that are not text belong in a file.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .bytes(let bytes): try container.encode(String(decoding: bytes, as: UTF8.self))
            case .file(let name): try container.encode(Reference(file: name))
            }
        }
    }
}

extension RecordedRun.Exchange {
    /// Whether the run cancelled the exchange, so that nothing of it mattered any more.
    var wasCancelled: Bool { failure?.code == .cancelled }
}

extension RecordedRun.Mishap {
    /// Records a failure.
    init(_ failure: Failure) {
        code = failure.code
        message = failure.message
        delayMilliseconds = failure.delay.map { Int($0 / .milliseconds(1)) }
    }

    /// The recorded failure.
    var failure: Failure {
        Failure(code, message, delay: delayMilliseconds.map { .milliseconds($0) })
    }
}

extension RecordedRun.Delivered {
    /// Records a delivery.
    init(_ delivery: Delivery) {
        accepted = delivery.accepted
        rejected = delivery.rejected
        reasons = delivery.reasons
    }

    /// The recorded delivery.
    var delivery: Delivery { Delivery(accepted: accepted, rejected: rejected, reasons: reasons) }
}
