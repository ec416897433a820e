import CCurl
import Domain
import Glibc
import Ports

/// libcurl's multi handle, owned: the connections, and the transfers that use them.
///
/// It is `Sendable` because ``wake()`` is the one thing that other threads do with it, and libcurl
/// allows just that; all else is done on the thread of its ``TransferLoop``.
/// Source: <https://curl.se/libcurl/c/libcurl-multi.html>, libcurl 7.88.
@safe final class MultiHandle: @unchecked Sendable {
    fileprivate let raw: UnsafeMutableRawPointer

    init() {
        guard let raw = unsafe curl_multi_init() else {
            preconditionFailure("libcurl has no memory")
        }
        unsafe self.raw = raw
        // HTTP/2 is spoken, but by one transfer a connection: what arrives for a stream that waits
        // for its reader, while others of the connection are read, libcurl keeps in memory, up to
        // 32 MiB each (curl_easy_pause(3), "Multiplexed"; measured).
        unsafe ccurl_set_multi_long(raw, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
        // Left alone it keeps four connections for each transfer that runs: few, after a burst.
        unsafe ccurl_set_multi_long(raw, CURLMOPT_MAXCONNECTS, 64)
    }

    deinit { unsafe curl_multi_cleanup(raw) }

    /// Lets ``wait()`` return, now or when it is next called.
    func wake() { unsafe curl_multi_wakeup(raw) }

    /// Waits for the network, for libcurl's own timers, or for ``wake()``.
    ///
    /// - Parameter limit: How long at most.
    func wait(atMost limit: Duration) {
        let milliseconds = min(max(limit.wholeMilliseconds, 0), 60_000)
        unsafe curl_multi_poll(raw, nil, 0, Int32(milliseconds), nil)
    }

    /// Does what can be done without waiting.
    func perform() {
        var runningCount: Int32 = 0
        unsafe curl_multi_perform(raw, &runningCount)
    }

    /// Returns a transfer that ended since the last call, and how.
    func nextFinished() -> (transfer: Transfer, code: CURLcode)? {
        var restCount: Int32 = 0
        while let message = unsafe curl_multi_info_read(raw, &restCount) {
            guard unsafe message.pointee.msg == CURLMSG_DONE,
                let transfer = unsafe transfer(of: message.pointee.easy_handle)
            else { continue }
            return unsafe (transfer, message.pointee.data.result)
        }
        return nil
    }
}

/// An easy handle among those that a multi handle runs, for as long as this is held.
final class RunningTransfer {
    let easy: EasyHandle
    private let multi: MultiHandle

    init(_ easy: consuming EasyHandle, on multi: MultiHandle) throws(Failure) {
        self.easy = easy
        self.multi = multi
        let code = unsafe curl_multi_add_handle(multi.raw, self.easy.raw)
        guard code == CURLM_OK else {
            throw Failure(.unavailable, unsafe String(cString: curl_multi_strerror(code)))
        }
    }

    deinit { unsafe curl_multi_remove_handle(multi.raw, easy.raw) }

    /// Goes on after a pause; what libcurl held back arrives before this returns.
    func resume() { unsafe curl_easy_pause(easy.raw, CURLPAUSE_CONT) }
}
