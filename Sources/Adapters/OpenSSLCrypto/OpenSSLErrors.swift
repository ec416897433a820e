import COpenSSL

/// Empties OpenSSL's error queue of this thread, so that no error is attributed to a later call.
///
/// - Returns: The messages, without locations in OpenSSL's source; empty if there are none.
@discardableResult
func drainErrors() -> String {
    var reasons: [String] = []
    while case let code = ERR_get_error(), code != 0 {
        if let reason = unsafe ERR_reason_error_string(code) {
            reasons.append(unsafe String(cString: reason))
        }
    }
    return reasons.joined(separator: ", ")
}
