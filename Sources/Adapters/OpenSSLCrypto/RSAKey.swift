import COpenSSL
import Domain

/// An RSA key, private or only its public part, owned.
///
/// It is `Sendable` because it never changes once made, and OpenSSL 3 lets threads share such a
/// key; its pointer is lent to calls that only read it.
@safe final class RSAKey: @unchecked Sendable {
    private let raw: OpaquePointer

    private init(takingOwnershipOf raw: OpaquePointer) { unsafe self.raw = raw }

    deinit { unsafe EVP_PKEY_free(raw) }

    /// Makes a new private key; it can only fail for want of memory or of randomness.
    static func generate(bitCount: Int) -> RSAKey {
        guard let raw = unsafe copenssl_new_rsa_key(bitCount) else {
            preconditionFailure("OpenSSL makes no RSA key of \(bitCount) bits: \(drainErrors())")
        }
        return unsafe RSAKey(takingOwnershipOf: raw)
    }

    /// Reads a private key.
    ///
    /// - Parameter pem: PKCS#1 or PKCS#8, not encrypted.
    /// - Returns: The key; nil if there is none, of whatever kind it is.
    static func read(pem: String) -> RSAKey? {
        defer { drainErrors() }
        var pem = pem
        return pem.withUTF8 { text in
            // Read-only, and freed before the text goes.
            guard let bio = unsafe BIO_new_mem_buf(text.baseAddress, Int32(text.count)) else {
                return nil
            }
            defer { unsafe BIO_free(bio) }
            // Without this callback OpenSSL would ask for a password on the terminal.
            let raw = unsafe PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in -1 }, nil)
            return unsafe raw.map { raw in unsafe RSAKey(takingOwnershipOf: raw) }
        }
    }

    /// Whether it is an RSA key after all; other kinds can be read too.
    var isRSA: Bool { unsafe EVP_PKEY_get_base_id(raw) == EVP_PKEY_RSA }

    /// The length of its modulus.
    var bitCount: Int { unsafe Int(EVP_PKEY_get_bits(raw)) }

    /// The private key in PKCS#1, as GitHub hands keys out.
    func pem() -> Secret {
        guard let bio = unsafe BIO_new(BIO_s_mem()) else {
            preconditionFailure("OpenSSL has no memory")
        }
        defer { unsafe BIO_free(bio) }
        let code = unsafe PEM_write_bio_PrivateKey_traditional(bio, raw, nil, nil, 0, nil, nil)
        precondition(code == 1, "OpenSSL does not write a private key")
        var bytes: UnsafeMutablePointer<CChar>?
        let count = unsafe copenssl_memory(bio, &bytes)
        let text = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
        return Secret(unsafe String(decoding: text, as: UTF8.self))
    }

    /// Signs with RSASSA-PKCS1-v1_5 and SHA-256 (RFC 8017, 8.2); nil if the key cannot.
    func sign(_ message: [UInt8]) -> [UInt8]? {
        defer { drainErrors() }
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: Int(unsafe EVP_PKEY_get_size(raw)))
        var count = signature.count
        guard unsafe EVP_DigestSignInit(context, nil, EVP_sha256(), nil, raw) == 1,
            unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        else { return nil }
        return Array(signature.prefix(count))
    }

    /// Checks what ``sign(_:)`` made.
    func verify(_ message: [UInt8], _ signature: [UInt8]) -> Bool {
        defer { drainErrors() }
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, raw) == 1 else {
            return false
        }
        return unsafe EVP_DigestVerify(
            context, signature, signature.count, message, message.count) == 1
    }
}
