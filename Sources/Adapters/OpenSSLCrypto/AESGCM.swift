import COpenSSL

/// AES-256-GCM as its standard has it, with a nonce that the caller chooses.
///
/// ``AESGCMVault`` is what secrets are sealed with: it never uses a nonce twice, which this leaves
/// to the caller and which would give the key away. Source: NIST SP 800-38D; OpenSSL 3.0
/// `EVP_EncryptInit(3)`.
public enum AESGCM {
    /// The length of a key, in bytes.
    public static let keyByteCount = 32
    /// The length of a nonce, in bytes.
    public static let nonceByteCount = 12
    /// The length of a tag, in bytes.
    public static let tagByteCount = 16

    /// Encrypts and authenticates.
    ///
    /// - Parameters:
    ///   - message: What is to be secret.
    ///   - key: ``keyByteCount`` bytes.
    ///   - nonce: ``nonceByteCount`` bytes, never used with this key before.
    ///   - associated: What is not secret, but must be the same when the box is opened.
    /// - Returns: The ciphertext, as long as the message, and the tag.
    public static func seal(
        _ message: [UInt8], key: [UInt8], nonce: [UInt8], associated: [UInt8]
    ) -> [UInt8] {
        let context = CipherContext(key: key, nonce: nonce, isSealing: true)
        context.add(associated)
        var box = context.crypt(message)
        let isFinished = context.finish()
        // It can only fail for want of memory or of AES: neither is worth a failure path.
        precondition(isFinished, "OpenSSL does not seal")
        box += context.tag()
        return box
    }

    /// Decrypts what is authentic.
    ///
    /// - Parameters:
    ///   - box: The ciphertext and the tag.
    ///   - key: ``keyByteCount`` bytes.
    ///   - nonce: The nonce it was sealed with.
    ///   - associated: What it was sealed with.
    /// - Returns: The message; nil if anything at all is not as it was sealed.
    public static func open(
        _ box: [UInt8], key: [UInt8], nonce: [UInt8], associated: [UInt8]
    ) -> [UInt8]? {
        guard box.count >= tagByteCount, nonce.count == nonceByteCount else { return nil }
        let context = CipherContext(key: key, nonce: nonce, isSealing: false)
        context.add(associated)
        let message = context.crypt(Array(box.dropLast(tagByteCount)))
        context.setTag(Array(box.suffix(tagByteCount)))
        // The bytes mean nothing until the tag agrees, so nobody sees them before.
        return context.finish() ? message : nil
    }
}

/// One encryption or decryption in progress, owned.
@safe private struct CipherContext: ~Copyable {
    private let raw: OpaquePointer

    init(key: [UInt8], nonce: [UInt8], isSealing: Bool) {
        precondition(key.count == AESGCM.keyByteCount && nonce.count == AESGCM.nonceByteCount)
        guard let raw = unsafe EVP_CIPHER_CTX_new() else {
            preconditionFailure("OpenSSL has no memory")
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
        precondition(code == 1, "OpenSSL does not take associated data")
    }

    /// GCM is a stream: as many bytes come out as went in.
    func crypt(_ bytes: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: bytes.count)
        var count: Int32 = 0
        let code = unsafe EVP_CipherUpdate(raw, &output, &count, bytes, Int32(bytes.count))
        precondition(code == 1 && count == bytes.count, "OpenSSL does not run AES-256-GCM")
        return output
    }

    func setTag(_ tag: [UInt8]) {
        let code = unsafe copenssl_gcm_set_tag(raw, Int32(tag.count), tag)
        precondition(code == 1, "OpenSSL does not take a tag")
    }

    func tag() -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: AESGCM.tagByteCount)
        let code = unsafe copenssl_gcm_get_tag(raw, Int32(tag.count), &tag)
        precondition(code == 1, "OpenSSL does not give a tag")
        return tag
    }

    /// Whether all is in order; when opening, whether the tag agrees.
    func finish() -> Bool {
        var nothing = [UInt8](repeating: 0, count: AESGCM.tagByteCount)
        var count: Int32 = 0
        defer { drainErrors() }
        return unsafe EVP_CipherFinal_ex(raw, &nothing, &count) == 1
    }
}
