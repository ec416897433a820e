import Domain
public import Ports
import Synchronization
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Replaces secrets with placeholders, the same secret with the same placeholder everywhere.
///
/// The result is consistent: the digests of a secret are replaced with those of its placeholder, so
/// where a function hashes a secret and looks the hash up, it finds the entry. A recording can
/// therefore be replayed and gives the bytes that it contains.
///
/// Secrets are recognized by their place: under one of ``documentNames`` or ``parameterNames``, in a
/// secret header, or in the vault. As a second net, anything that looks like a GitHub token or a
/// JSON Web Token is removed. E-mail addresses and logins are data, not secrets, and stay.
public final class Scrubber: Sendable {
    /// Names of members of JSON documents whose values are secrets.
    public static let documentNames: Set<String> = [
        "access_token", "client_secret", "code_verifier", "refresh_token", "token", "verifier",
    ]

    /// Names of parameters of addresses and forms whose values are secrets: OAuth's, and the
    /// signatures in addresses of Azure and Amazon.
    public static let parameterNames: Set<String> = documentNames.union([
        "code", "sig", "signature", "state", "x-amz-credential", "x-amz-security-token",
        "x-amz-signature",
    ])

    /// Shorter texts are not secrets: they would be replaced where they mean something else.
    public static let secretByteCountMin = 8

    private struct Memory {
        var standIns: Set<String> = []
        var known: Set<String> = []
        var replacements = Replacements()
        var count = 0
    }

    private let hashing: any Hashing
    private let memory = Mutex(Memory())

    /// Creates a scrubber that knows no secrets yet.
    public init(hashing: any Hashing) { self.hashing = hashing }

    /// Learns a secret.
    ///
    /// - Parameters:
    ///   - secret: The secret; ignored if known or shorter than ``secretByteCountMin``.
    ///   - name: The placeholder; a numbered one if nil.
    public func learn(_ secret: String, as name: String? = nil) {
        learn(secret, prefix: "redacted-", as: name)
    }

    /// Learns the sealed form of a value.
    ///
    /// - Returns: Its placeholder.
    public func learn(sealed: [UInt8]) -> String {
        let text = String(decoding: sealed, as: UTF8.self)
        learn(text, prefix: "sealed-", as: nil)
        return clean(text)
    }

    /// Learns random bytes, from which a function will make text.
    ///
    /// - Returns: The bytes to record instead.
    public func learn(drawn bytes: [UInt8]) -> [UInt8] {
        let number = memory.withLock { memory in
            memory.count += 1
            return memory.count
        }
        var standIn: [UInt8] = []
        while standIn.count < bytes.count {
            standIn += hashing.sha256(Array("draw \(number), byte \(standIn.count)".utf8))
        }
        standIn.removeLast(standIn.count - bytes.count)
        learn({ Hex.encode($0) }(bytes), as: { Hex.encode($0) }(standIn))
        learn({ Base64URL.encode($0) }(bytes), as: { Base64URL.encode($0) }(standIn))
        return standIn
    }

    /// Learns the secrets in a JSON document or a form.
    public func learn(document bytes: [UInt8]) {
        if let value = JSON.value(bytes) {
            learn(value, under: nil, names: Self.documentNames)
        } else if bytes.count < 1 << 16, bytes.contains(UInt8(ascii: "=")) {
            learn(parameters: String(decoding: bytes, as: UTF8.self))
        }
    }

    /// Learns the secrets in an event: those of a document, and those of a web query.
    public func learn(event bytes: [UInt8]) {
        learn(document: bytes)
        let value = JSON.value(bytes)
        if let query = value?["query"] { learn(query, under: nil, names: Self.parameterNames) }
    }

    /// Learns a value that the vault sealed or opened: a document with secrets, or a secret.
    public func learn(opened text: String) {
        guard let value = JSON.value(Array(text.utf8)), case .object = value else {
            return learn(text)
        }
        learn(value, under: nil, names: Self.documentNames.union(["access", "refresh"]))
    }

    /// Learns the secrets in an address.
    public func learn(address: String) {
        guard let mark = address.firstIndex(of: "?") else { return }
        learn(parameters: String(address[address.index(after: mark)...]))
    }

    /// Learns the values in a `cookie` or `set-cookie` header.
    public func learn(cookies field: String) {
        for pair in field.split(separator: ";") {
            guard let equals = pair.firstIndex(of: "=") else { continue }
            let name = pair[..<equals].drop { $0 == " " }.lowercased()
            guard !["path", "max-age", "expires", "domain", "samesite"].contains(name) else {
                continue
            }
            learn(String(pair[pair.index(after: equals)...]))
        }
    }

    /// Replaces everything that was learned and everything that looks like a token.
    public func clean(_ bytes: [UInt8]) -> [UInt8] {
        let replacements = memory.withLock { $0.replacements }
        return TokenShape.remove(from: replacements.applied(to: bytes))
    }

    /// Replaces everything that was learned and everything that looks like a token.
    public func clean(_ text: String) -> String {
        String(decoding: clean(Array(text.utf8)), as: UTF8.self)
    }

    /// Learns the value of an `authorization` header, without its scheme.
    public func learn(credentials field: String) {
        let words = field.split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2 else { return learn(field) }
        guard words[0].lowercased() == "basic", let pair = Data(base64Encoded: words[1]) else {
            return learn(words[1])
        }
        // A function extracts the password from basic credentials, so it needs its own placeholder.
        let text = String(decoding: pair, as: UTF8.self)
        if let colon = text.firstIndex(of: ":") { learn(String(text[text.index(after: colon)...])) }
        learn(words[1], as: Data(clean(text).utf8).base64EncodedString())
    }

    /// Learns the texts under `names`, and those in addresses and headers.
    private func learn(_ value: JSONValue, under name: String?, names: Set<String>) {
        switch value {
        case .string(let text):
            switch name?.lowercased() {
            case "cookie", "set-cookie": learn(cookies: text)
            case "authorization": learn(credentials: text)
            case let name? where names.contains(name): learn(text)
            default: learn(address: text)
            }
        case .array(let values):
            for value in values { learn(value, under: name, names: names) }
        case .object(let members):
            for (name, value) in members { learn(value, under: name, names: names) }
        case .null, .bool, .integer, .number: break
        }
    }

    private func learn(parameters text: String) {
        for pair in text.split(separator: "&") {
            guard let equals = pair.firstIndex(of: "=") else { continue }
            let name = pair[..<equals].lowercased()
            guard Self.parameterNames.contains(name) else { continue }
            learn(String(pair[pair.index(after: equals)...]))
            let decoded = URLComponents(string: "?\(pair)")?.queryItems?.first?.value
            if let decoded { learn(decoded) }
        }
    }

    private func learn(_ secret: String, prefix: String, as name: String?) {
        guard secret.utf8.count >= Self.secretByteCountMin else { return }
        memory.withLock { memory in
            // A placeholder is not a secret: what is recorded twice is not replaced twice.
            guard !memory.known.contains(secret), !memory.standIns.contains(secret) else { return }
            memory.count += 1
            let standIn = name ?? "\(prefix)\(memory.count)"
            for (form, replacement) in forms(of: secret, as: standIn)
            where memory.known.insert(form).inserted {
                memory.standIns.insert(replacement)
                memory.replacements.add(Array(form.utf8), Array(replacement.utf8))
            }
        }
    }

    /// The forms in which a secret may occur, each with that of its placeholder.
    private func forms(of secret: String, as standIn: String) -> [(String, String)] {
        let quoted = String(decoding: JSON.encode(secret).dropFirst().dropLast(), as: UTF8.self)
        let plain = [
            secret, quoted, quoted.replacing("/", with: "\\/"), Self.percentEncoded(secret),
        ].map { ($0, standIn) }
        let (hash, other) = (
            hashing.sha256(Array(secret.utf8)), hashing.sha256(Array(standIn.utf8))
        )
        // The forms of a digest: in keys, addresses and sealed documents.
        return plain
            + [{ Hex.encode($0) }, { Base64URL.encode($0) }, Self.list].map {
                ($0(hash), $0(other))
            }
    }

    private static func list(_ bytes: [UInt8]) -> String {
        bytes.map(String.init).joined(separator: ",")
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            TokenShape.isTokenByte(byte) || byte == UInt8(ascii: "~")
                ? String(UnicodeScalar(byte)) : "%" + Hex.encode([byte]).uppercased()
        }.joined()
    }
}
