import COpenSSL

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The header field `content-md5` of RFC 1864: a digest of the body.
///
/// MD5 detects damage in transit or in storage. It does not protect against manipulation.
public enum ContentMD5 {
    /// Parses the field.
    ///
    /// - Returns: The digest, 16 bytes; nil if the field is invalid. An invalid field is ignored,
    ///   because it states nothing about the body.
    public static func digest(in field: String) -> [UInt8]? {
        guard let digest = Data(base64Encoded: field), digest.count == MD5.byteCount else {
            return nil
        }
        return [UInt8](digest)
    }

    /// Returns the field for a body; nil if OpenSSL does not allow MD5.
    public static func field(for body: [UInt8]) -> String? {
        guard let md5 = MD5() else { return nil }
        md5.take(body)
        return Data(md5.digest()).base64EncodedString()
    }
}

/// An incremental MD5 (RFC 1321) of the system's OpenSSL.
@safe public final class MD5 {
    static let byteCount = 16

    // Freed with this object.
    private let context: OpaquePointer

    /// Starts a digest; nil if OpenSSL does not allow MD5, as under FIPS 140.
    public init?() {
        guard let context = unsafe EVP_MD_CTX_new() else { return nil }
        unsafe self.context = unsafe context
        guard unsafe EVP_DigestInit_ex(context, EVP_md5(), nil) == 1 else { return nil }
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Adds bytes.
    public func take(_ bytes: [UInt8]) {
        let code = unsafe EVP_DigestUpdate(context, bytes, bytes.count)
        precondition(code == 1, "OpenSSL cannot continue MD5")
    }

    /// Returns the digest of all bytes, 16 bytes.
    ///
    /// Call it once.
    public func digest() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Self.byteCount)
        let code = unsafe EVP_DigestFinal_ex(context, &digest, nil)
        precondition(code == 1, "OpenSSL cannot finish MD5")
        return digest
    }
}
