import Domain
import CCurl
import Glibc
import Ports
import Synchronization

/// The one thread that libcurl runs on, and the way to tell it what to do.
final class TransferLoop: Sendable {
    /// What the thread is asked to do.
    enum Command: Sendable {
        case start(Transfer)
        /// Its reader has room again.
        case resume(Transfer)
        /// Nobody reads it any more.
        case abandon(Transfer)
        case stop
    }

    private let settings: CurlTransport.Settings
    private let multi = MultiHandle()
    private let commands = Mutex<[Command]>([])

    /// Starts the thread; it holds the loop until it is told to stop.
    init(_ settings: CurlTransport.Settings) {
        self.settings = settings
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<TransferLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        precondition(code == 0, "no thread for libcurl: error \(code)")
        pthread_detach(thread)
    }

    /// Has the thread do something as soon as it can; this alone is for other threads.
    func post(_ command: Command) {
        commands.withLock { $0.append(command) }
        multi.wake()
    }

    private func run() {
        // Under CURLOPT_NOSIGNAL it is for us to see that a closed connection raises no SIGPIPE.
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)

        var running: [ObjectIdentifier: RunningTransfer] = [:]
        var nextLook = ContinuousClock.now
        while obey(&running, &nextLook) {
            multi.perform()
            while let (transfer, code) = multi.nextFinished() {
                guard let ended = running.removeValue(forKey: ObjectIdentifier(transfer)) else {
                    continue
                }
                transfer.end(code == CURLE_OK ? nil : ended.easy.failure(code))
            }
            let now = ContinuousClock.now
            if nextLook <= now { nextLook = now + endIdle(&running, at: now) }
            multi.wait(atMost: nextLook - now)
        }
    }

    /// The longest between two looks at who is silent: this late it may be told.
    private static let lookInterval = Duration.milliseconds(250)

    /// Ends the transfers whose other side has been silent for too long.
    ///
    /// libcurl's own limit of speed goes by averages of some seconds.
    ///
    /// - Returns: When to look again; whoever begins meanwhile is looked at no later.
    private func endIdle(
        _ running: inout [ObjectIdentifier: RunningTransfer], at now: ContinuousClock.Instant
    ) -> Duration {
        var isAnyLimited = false
        for (key, transfer) in running.mapValues({ $0.easy.transfer }) {
            guard let end = transfer.idleEnd else { continue }
            isAnyLimited = true
            guard end <= now else { continue }
            running[key] = nil
            transfer.end(transfer.idleFailure)
        }
        return isAnyLimited ? Self.lookInterval : .seconds(60)
    }

    /// Does what was posted, in order; false when that was to stop.
    private func obey(
        _ running: inout [ObjectIdentifier: RunningTransfer],
        _ nextLook: inout ContinuousClock.Instant
    ) -> Bool {
        let posted = commands.withLock { commands in
            defer { commands = [] }
            return commands
        }
        for command in posted {
            switch command {
            case .start(let transfer):
                guard !transfer.isOver else { break }
                do throws(Failure) {
                    let easy = EasyHandle(transfer, try HeaderList(transfer.request))
                    try easy.configure(settings)
                    running[ObjectIdentifier(transfer)] = try RunningTransfer(easy, on: multi)
                    if transfer.request.idleTimeout != nil { nextLook = .now }
                } catch {
                    transfer.end(error)
                }
            case .resume(let transfer):
                running[ObjectIdentifier(transfer)]?.resume()
            case .abandon(let transfer):
                running[ObjectIdentifier(transfer)] = nil
            case .stop:
                // Whoever still waited for a reply would hold the transport: nobody does.
                return false
            }
        }
        return true
    }
}
