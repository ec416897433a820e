import Domain
import Ports

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension Failure {
    /// Says why the system refused to `verb` what is at `path`, and what to do about it.
    package init(errno number: Int32, _ verb: String, _ path: String) {
        // The text is the C library's own and is copied at once.
        let reason = unsafe String(cString: strerror(number))
        switch number {
        case EACCES, EPERM, EROFS:
            self.init(
                .misconfigured,
                "cannot \(verb) \(path): \(reason); let this user write there, or name another folder"
            )
        case ENOTDIR, EISDIR, ENAMETOOLONG, ELOOP:
            self.init(.misconfigured, "cannot \(verb) \(path): \(reason); name another folder")
        case ENOSPC, EDQUOT:
            self.init(.unavailable, "cannot \(verb) \(path): \(reason); make room on that disk")
        default:
            self.init(.unavailable, "cannot \(verb) \(path): \(reason)")
        }
    }
}
