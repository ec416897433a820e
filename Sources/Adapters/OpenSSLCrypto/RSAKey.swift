import COpenSSL
import Domain

/// An RSA key, private or public.
///
/// It is `Sendable` because it is immutable: all calls only read the key, which OpenSSL 3 allows
/// threads to share.
@safe final class RSAKey: @unchecked Sendable {
    private let raw: OpaquePointer

    private init(takingOwnershipOf raw: OpaquePointer) { unsafe self.raw = raw }

    deinit { unsafe EVP_PKEY_free(raw) }

    /// Generates a private key.
    ///
    /// It fails only without memory or randomness.
    static func generate(bitCount: Int) -> RSAKey {
        guard let raw = unsafe copenssl_new_rsa_key(bitCount) else {
            preconditionFailure(
                "OpenSSL cannot generate an RSA key of \(bitCount) bits: \(drainErrors())")
        }
        return unsafe RSAKey(takingOwnershipOf: raw)
    }

    /// Parses a private key.
    ///
    /// - Parameter pem: PKCS#1 or PKCS#8, not encrypted.
    /// - Returns: A key of any kind; nil if the text contains none.
    static func read(pem: String) -> RSAKey? {
        defer { drainErrors() }
        var pem = pem
        return pem.withUTF8 { text in
            // Read-only, and freed while the text is valid.
            guard let bio = unsafe BIO_new_mem_buf(text.baseAddress, Int32(text.count)) else {
                return nil
            }
            defer { unsafe BIO_free(bio) }
            // Without this callback, OpenSSL would ask for a password on the terminal.
            let raw = unsafe PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in -1 }, nil)
            return unsafe raw.map { raw in unsafe RSAKey(takingOwnershipOf: raw) }
        }
    }

    /// Whether the key is an RSA key.
    var isRSA: Bool { unsafe EVP_PKEY_get_base_id(raw) == EVP_PKEY_RSA }

    /// The size of the modulus, in bits.
    var bitCount: Int { unsafe Int(EVP_PKEY_get_bits(raw)) }

    /// Returns the private key in PKCS#1, the form of GitHub's keys.
    func pem() -> Secret {
        guard let bio = unsafe BIO_new(BIO_s_mem()) else {
            preconditionFailure("OpenSSL cannot allocate memory")
        }
        defer { unsafe BIO_free(bio) }
        let code = unsafe PEM_write_bio_PrivateKey_traditional(bio, raw, nil, nil, 0, nil, nil)
        precondition(code == 1, "OpenSSL cannot encode a private key")
        var bytes: UnsafeMutablePointer<CChar>?
        let count = unsafe copenssl_memory(bio, &bytes)
        let text = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
        return Secret(unsafe String(decoding: text, as: UTF8.self))
    }

    /// Signs with RSASSA-PKCS1-v1_5 and SHA-256 (RFC 8017, section 8.2); nil if the key cannot sign.
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

    /// Verifies a signature of ``sign(_:)``.
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
