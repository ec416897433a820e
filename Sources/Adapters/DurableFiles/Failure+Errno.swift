import Domain
import Ports

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension Failure {
    /// Reports that the system refused an operation on a file, and what to do about it.
    ///
    /// - Parameters:
    ///   - verb: The operation, such as `write`.
    ///   - variable: The variable that sets the folder, such as `STATE_STORE`.
    package init(errno number: Int32, _ verb: String, _ path: String, setBy variable: String) {
        // The C library owns the text, which is copied at once.
        let reason = unsafe String(cString: strerror(number))
        let problem = "cannot \(verb) \(path): \(reason)"
        switch number {
        case EACCES, EPERM, EROFS:
            self.init(
                .misconfigured,
                "\(problem). Let this user write there, or set \(variable) to another folder.")
        case ENOTDIR, EISDIR, ENAMETOOLONG, ELOOP:
            self.init(.misconfigured, "\(problem). Set \(variable) to another folder.")
        case ENOSPC, EDQUOT:
            self.init(.unavailable, "\(problem). Free space on that disk.")
        case EMFILE, ENFILE:
            self.init(.unavailable, "\(problem). \(Failure.raiseFileLimit).")
        default:
            self.init(.unavailable, problem)
        }
    }
}
