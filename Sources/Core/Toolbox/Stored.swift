public import Domain

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The form of values in the store: each names the version of its format.
///
///     {"at": "2026-11-22T06:00:01Z", "version": 1}     JSON, by a member
///     v1.6356af91.HMT0XWlM1aRaXqBS.hKrnCIsgVDX-5b…     sealed text and bytes, by what they begin with
///
/// ``StoreKey/Kind/formatVersion`` is the newest version that this program reads. A value without a
/// version was written before versions were named, and has the first. A value of a later version throws
/// `newerFormat`, and nothing replaces it: the caller gives up before it writes.
public enum Stored {
    /// A value that says nothing but that it is there.
    public struct Mark: Codable, Sendable {
        /// Creates a mark.
        public init() {}
    }

    /// Encodes a value as JSON with its version.
    public static func encode(_ value: some Encodable, for key: StoreKey) -> [UInt8] {
        JSON.encode(Versioned(version: key.formatVersion, value: value))
    }

    /// Decodes JSON that was stored under `key`.
    ///
    /// - Throws: `newerFormat` if a newer version of the program wrote it, or `unreadableState` if it
    ///   is not a value of this type.
    public static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], at key: StoreKey
    ) throws(Failure) -> Value {
        do {
            return try JSONDecoder().decode(
                Readable<Value>.self, from: Data(bytes), configuration: key
            ).value
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(
                .unreadableState, "the state stored under \(key) cannot be read by this version")
        }
    }

    /// A value that this version of the program and every older one refuse with `newerFormat`.
    public static func newerFormat(for key: StoreKey) -> [UInt8] {
        JSON.encode(Versioned(version: key.formatVersion + 1, value: Mark()))
    }

    /// Puts the version in front of bytes.
    public static func encode(bytes: [UInt8], for key: StoreKey) -> [UInt8] {
        Array("v\(key.formatVersion).".utf8) + bytes
    }

    /// Removes the version from bytes that were stored under `key`.
    ///
    /// - Throws: `newerFormat` if a newer version of the program wrote them.
    public static func bytes(
        of stored: [UInt8], at key: StoreKey
    ) throws(Failure) -> ArraySlice<UInt8> {
        guard let (version, rest) = prefixed(stored) else { return stored[...] }
        try check(version, at: key)
        return rest
    }

    /// Checks the version of a value of any form.
    ///
    /// - Throws: `newerFormat` if a newer version of the program wrote it.
    public static func check(_ stored: [UInt8], at key: StoreKey) throws(Failure) {
        if let version = version(of: stored) { try check(version, at: key) }
    }

    /// Whether a newer version of the program wrote a value, which is then left as it is.
    public static func isNewer(_ stored: [UInt8]?, at key: StoreKey) -> Bool {
        stored.flatMap(version).map { $0 > key.formatVersion } ?? false
    }

    /// The version that a value names; nil if it names none.
    public static func version(of stored: [UInt8]) -> Int? {
        if let (version, _) = prefixed(stored) { return version }
        guard stored.first == UInt8(ascii: "{") else { return nil }
        return try? JSONDecoder().decode(Version.self, from: Data(stored)).version
    }

    /// A value as it was before values named their versions.
    public static func withoutVersion(_ stored: [UInt8]) -> [UInt8] {
        if let (_, rest) = prefixed(stored) { return Array(rest) }
        guard case .object(var members)? = JSON.value(stored) else { return stored }
        members["version"] = nil
        return JSON.encode(JSONValue.object(members))
    }

    fileprivate static func check(_ version: Int, at key: StoreKey) throws(Failure) {
        guard version > key.formatVersion else { return }
        throw .newerFormat(of: "the entry \(key)", version, readable: key.formatVersion)
    }

    /// The version that bytes begin with, such as `v1.`, and what follows it.
    private static func prefixed(_ stored: [UInt8]) -> (Int, ArraySlice<UInt8>)? {
        guard stored.first == UInt8(ascii: "v"),
            let end = stored.prefix(8).firstIndex(of: UInt8(ascii: ".")),
            let version = Int(String(decoding: stored[1..<end], as: UTF8.self))
        else { return nil }
        return (version, stored[(end + 1)...])
    }
}

private struct Version: Decodable {
    let version: Int?
}

private enum VersionKey: CodingKey { case version }

/// A value beside its version, in one JSON object.
private struct Versioned<Value: Encodable>: Encodable {
    let version: Int
    let value: Value

    func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
        var container = encoder.container(keyedBy: VersionKey.self)
        try container.encode(version, forKey: .version)
    }
}

/// A value whose version is one that this program reads.
private struct Readable<Value: Decodable>: DecodableWithConfiguration {
    let value: Value

    init(from decoder: any Decoder, configuration key: StoreKey) throws {
        let container = try decoder.container(keyedBy: VersionKey.self)
        if let version = try container.decodeIfPresent(Int.self, forKey: .version) {
            try Stored.check(version, at: key)
        }
        value = try Value(from: decoder)
    }
}
