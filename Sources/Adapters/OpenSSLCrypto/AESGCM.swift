import COpenSSL

/// AES-256-GCM with a nonce that the caller chooses.
///
/// Using a nonce twice with the same key would reveal the key. Use ``AESGCMVault`` to seal secrets: it
/// generates nonces. Source: NIST SP 800-38D; OpenSSL 3.0 `EVP_EncryptInit(3)`.
public enum AESGCM {
    /// The size of a key, in bytes.
    public static let keyByteCount = 32
    /// The size of a nonce, in bytes.
    public static let nonceByteCount = 12
    /// The size of a tag, in bytes.
    public static let tagByteCount = 16

    /// Encrypts and authenticates a message.
    ///
    /// - Parameters:
    ///   - key: ``keyByteCount`` bytes.
    ///   - nonce: ``nonceByteCount`` bytes, never used with this key before.
    ///   - associated: Data that is authenticated, but not part of the result.
    /// - Returns: The ciphertext, as long as the message, and the tag.
    public static func seal(
        _ message: [UInt8], key: [UInt8], nonce: [UInt8], associated: [UInt8]
    ) -> [UInt8] {
        let context = CipherContext(key: key, nonce: nonce, isSealing: true)
        context.add(associated)
        var box = context.crypt(message)
        let isFinished = context.finish()
        // It fails only without memory or AES.
        precondition(isFinished, "OpenSSL cannot encrypt")
        box += context.tag()
        return box
    }

    /// Verifies and decrypts a message.
    ///
    /// - Parameters:
    ///   - box: The ciphertext and the tag.
    ///   - key: ``keyByteCount`` bytes.
    ///   - nonce: The nonce of the encryption.
    ///   - associated: The associated data of the encryption.
    /// - Returns: The message; nil if any of these differ from the encryption.
    public static func open(
        _ box: [UInt8], key: [UInt8], nonce: [UInt8], associated: [UInt8]
    ) -> [UInt8]? {
        guard box.count >= tagByteCount, nonce.count == nonceByteCount else { return nil }
        let context = CipherContext(key: key, nonce: nonce, isSealing: false)
        context.add(associated)
        let message = context.crypt(Array(box.dropLast(tagByteCount)))
        context.setTag(Array(box.suffix(tagByteCount)))
        // The bytes are only returned after the tag is verified.
        return context.finish() ? message : nil
    }
}

/// An encryption or decryption in progress.
@safe private struct CipherContext: ~Copyable {
    private let raw: OpaquePointer

    init(key: [UInt8], nonce: [UInt8], isSealing: Bool) {
        precondition(key.count == AESGCM.keyByteCount && nonce.count == AESGCM.nonceByteCount)
        guard let raw = unsafe EVP_CIPHER_CTX_new() else {
            preconditionFailure("OpenSSL cannot allocate memory")
        }
        unsafe self.raw = raw
        let code = unsafe EVP_CipherInit_ex(
            raw, EVP_aes_256_gcm(), nil, key, nonce, isSealing ? 1 : 0)
        precondition(code == 1, "OpenSSL has no AES-256-GCM")
    }

    deinit { unsafe EVP_CIPHER_CTX_free(raw) }

    func add(_ associated: [UInt8]) {
        var count: Int32 = 0
        let code = unsafe EVP_CipherUpdate(
            raw, nil, &count, associated, Int32(associated.count))
        precondition(code == 1, "OpenSSL rejects associated data")
    }

    /// Encrypts or decrypts.
    ///
    /// The output is as long as the input.
    func crypt(_ bytes: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: bytes.count)
        var count: Int32 = 0
        let code = unsafe EVP_CipherUpdate(raw, &output, &count, bytes, Int32(bytes.count))
        precondition(code == 1 && count == bytes.count, "OpenSSL cannot run AES-256-GCM")
        return output
    }

    func setTag(_ tag: [UInt8]) {
        let code = unsafe copenssl_gcm_set_tag(raw, Int32(tag.count), tag)
        precondition(code == 1, "OpenSSL rejects a tag")
    }

    func tag() -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: AESGCM.tagByteCount)
        let code = unsafe copenssl_gcm_get_tag(raw, Int32(tag.count), &tag)
        precondition(code == 1, "OpenSSL returns no tag")
        return tag
    }

    /// Finishes the operation.
    ///
    /// Returns whether it succeeded; for a decryption, whether the tag matches.
    func finish() -> Bool {
        var nothing = [UInt8](repeating: 0, count: AESGCM.tagByteCount)
        var count: Int32 = 0
        defer { drainErrors() }
        return unsafe EVP_CipherFinal_ex(raw, &nothing, &count) == 1
    }
}
