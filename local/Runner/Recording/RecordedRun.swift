import Toolbox
public import Domain
import Ports

/// One run of one function, with everything that it was told by the world and told the world.
///
/// All of it is as if its secrets had been other ones: each secret is replaced, everywhere it
/// stands, by the same stand-in. See ``Scrubber``.
public struct RecordedRun: Codable, Hashable, Sendable {
    /// The function.
    public var function: FunctionName
    /// The event it was given.
    public var event: JSONValue
    /// What it returned, or a ``FailureReport``.
    public var result = JSONValue.null
    /// What the clock said, reading after reading.
    public var clock: [Timestamp] = []
    /// The unpredictable bytes it drew, draw after draw, in hexadecimal.
    public var entropy: [String] = []
    /// Requests and replies, in the order in which they were sent.
    public var exchanges: [Exchange] = []
    /// What it asked of the store, and the answers.
    public var store: [StoreCall] = []
    /// What it had the vault seal or open.
    public var vault: [VaultCall] = []
    /// What it sent to the metrics backend, and the answers.
    public var writings: [Writing] = []

    /// Begins a recording of a run.
    public init(function: FunctionName, event: JSONValue) {
        self.function = function
        self.event = event
    }

    /// One request and its reply.
    public struct Exchange: Codable, Hashable, Sendable {
        /// The method.
        public var method: String
        /// The address.
        public var url: String
        /// The names of the header fields that held secrets.
        public var secretFields: [String]?
        /// The request's body, if it had one.
        public var body: Body?
        /// The reply's status; nil if there was no reply.
        public var status: Int?
        /// The reply's header fields.
        public var fields: [String: String]?
        /// As much of the reply's body as was read.
        public var reply: Body?
        /// How the exchange failed, before the reply or within its body.
        public var failure: Mishap?
    }

    /// One call of the store.
    public struct StoreCall: Codable, Hashable, Sendable {
        /// What was asked: `entry`, `put`, `remove` or `keys`.
        public var call: String
        /// The key, or for `keys` the prefix.
        public var key: String
        /// What else was asked, as text: a condition, an expiry, a page.
        public var terms: String?
        /// The value that was read or written.
        public var value: Body?
        /// The version that was read or written.
        public var version: UInt64?
        /// The keys that were found.
        public var keys: [String]?
        /// How the call failed.
        public var failure: Mishap?
    }

    /// Something sealed or opened.
    public struct VaultCall: Codable, Hashable, Sendable {
        /// What was asked: `seal` or `open`.
        public var call: String
        /// The place that it is sealed for.
        public var place: String
        /// What it says.
        public var text: String?
        /// The stand-in of its sealed form.
        public var sealed: String
        /// How opening it failed.
        public var failure: Mishap?
    }

    /// One source of one day on its way to the metrics backend.
    public struct Writing: Codable, Hashable, Sendable {
        /// The organization, the day and the source.
        public var scope: String
        /// How many samples were written.
        public var samples = 0
        /// Stands for all of them; see ``SampleDigest``.
        public var digest = "0"
        /// What the backend did with them; nil if the writing was not finished.
        public var delivery: Delivered?
        /// How the writing failed.
        public var failure: Mishap?
    }

    /// A ``Delivery`` in JSON.
    public struct Delivered: Codable, Hashable, Sendable {
        /// The samples that were taken.
        public var accepted: Int
        /// The samples that were refused.
        public var rejected: Int
        /// What was said about them.
        public var reasons: [String]
    }

    /// A ``Failure`` in JSON, with all that a caller can see of it.
    public struct Mishap: Codable, Hashable, Sendable {
        /// The code.
        public var code: Failure.Code
        /// The sentence.
        public var message: String
        /// How long the other side asked to wait.
        public var delayMilliseconds: Int?
    }

    /// Bytes: short text as it is, anything else in a file of its own beside the run.
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

        /// Encodes text, or `{"file":…}`; bytes that are no text belong in a file.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .bytes(let bytes): try container.encode(String(decoding: bytes, as: UTF8.self))
            case .file(let name): try container.encode(Reference(file: name))
            }
        }
    }
}

extension RecordedRun {
    /// The document that stands for a result: what was returned, or the failure.
    static func document(of result: Result<[UInt8], Failure>) -> [UInt8] {
        switch result {
        case .success(let bytes): bytes
        case .failure(let failure): JSON.encode(FailureReport(failure))
        }
    }
}

extension RecordedRun.Mishap {
    /// Notes a failure.
    init(_ failure: Failure) {
        code = failure.code
        message = failure.message
        delayMilliseconds = failure.delay.map { Int($0 / .milliseconds(1)) }
    }

    /// The failure that was noted.
    var failure: Failure {
        Failure(code, message, delay: delayMilliseconds.map { .milliseconds($0) })
    }
}

extension RecordedRun.Delivered {
    /// Notes a delivery.
    init(_ delivery: Delivery) {
        accepted = delivery.accepted
        rejected = delivery.rejected
        reasons = delivery.reasons
    }

    /// The delivery that was noted.
    var delivery: Delivery { Delivery(accepted: accepted, rejected: rejected, reasons: reasons) }
}
