import CCurl
import Glibc
import Ports
import Toolbox

/// Connects libcurl's callbacks to a transfer: for received data, and for the check of addresses.
///
/// libcurl keeps an unretained pointer to the transfer. That is safe because the ``EasyHandle`` owns
/// both: it releases the transfer after the handle's cleanup, and libcurl calls nothing after that.
func connectCallbacks(of easy: UnsafeMutableRawPointer, to transfer: Transfer) -> CURLcode {
    let context = unsafe Unmanaged.passUnretained(transfer).toOpaque()
    let codes = unsafe [
        ccurl_set_owner(easy, context),
        ccurl_on_header(easy, takeLine, context),
        ccurl_on_body(easy, takeBody, context),
        ccurl_on_socket(easy, openSocket, context),
        ccurl_on_connected(easy, judgeConnection, context),
    ]
    return codes.first { $0 != CURLE_OK } ?? CURLE_OK
}

/// Returns the transfer that a handle is connected to.
func transfer(of easy: UnsafeMutableRawPointer) -> Transfer? {
    var context: UnsafeMutableRawPointer?
    guard unsafe ccurl_get_owner(easy, &context) == CURLE_OK, let context = unsafe context else {
        return nil
    }
    return unsafe transfer(behind: context)
}

/// Returns the transfer of a context pointer from ``connectCallbacks(of:to:)``.
private func transfer(behind context: UnsafeMutableRawPointer) -> Transfer {
    unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
}

/// `CURLOPT_HEADERFUNCTION`: receives one complete line.
///
/// A result other than its size ends the transfer.
private func takeLine(
    bytes: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return -1 }
    let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe transfer(behind: context).take(line: line) ? line.count : -1
}

/// `CURLOPT_WRITEFUNCTION`: receives a part of the body.
private func takeBody(
    bytes: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return -1 }
    let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return switch unsafe transfer(behind: context).take(body: piece) {
    case .taken: piece.count
    case .paused: ccurl_pause_body
    case .refused: -1
    }
}

/// `CURLOPT_OPENSOCKETFUNCTION`: checks the resolved address before anything is sent to it.
private func openSocket(
    context: UnsafeMutableRawPointer?, purpose: curlsocktype,
    socket: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let context = unsafe context, let socket = unsafe socket,
        let address = unsafe ccurl_address(socket)
    else { return CURL_SOCKET_BAD }
    let byteCount = unsafe Int(socket.pointee.addrlen)
    guard unsafe transfer(behind: context).mayReach(IPAddress(address, byteCount: byteCount))
    else { return CURL_SOCKET_BAD }
    // A child process must not inherit the connection.
    return unsafe Glibc.socket(
        socket.pointee.family, socket.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue),
        socket.pointee.protocol)
}

/// `CURLOPT_PREREQFUNCTION`: checks the address again, because a request with a looser policy may
/// have opened the connection.
private func judgeConnection(
    context: UnsafeMutableRawPointer?, remote: UnsafeMutablePointer<CChar>?,
    local: UnsafeMutablePointer<CChar>?, remotePort: Int32, localPort: Int32
) -> Int32 {
    guard let context = unsafe context, let remote = unsafe remote else {
        return CURL_PREREQFUNC_ABORT
    }
    let address = unsafe IPAddress(String(cString: remote))
    return unsafe transfer(behind: context).mayReach(address)
        ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}
