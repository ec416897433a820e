import Domain
import Ports

/// The file of one organization's day, and how its next version takes its place.
struct DayFile {
    private let folder: String
    private let path: String
    /// Where the next version is written; only the holder of the lock touches it.
    private let nextPath: String
    private let lockPath: String

    init(_ day: Day, in folder: String) {
        self.folder = folder
        path = "\(folder)/\(day).om"
        nextPath = "\(folder)/.\(day).om.next"
        lockPath = "\(folder)/.lock"
    }

    /// Removes what a process left that was killed while it wrote the next version.
    func removeLeftover() throws(Failure) {
        // Whoever holds the lock is at work on it: then it is no leftover.
        guard let lock = try OpenFile.lockedIfFree(lockPath) else { return }
        OpenFile.remove(nextPath)
        extendLifetime(lock)
    }

    /// Replaces the families of `source`, and keeps all others.
    func replace(_ source: Source, with spool: borrowing Spool) throws(Failure) {
        let lock = try OpenFile.locked(lockPath)
        defer { extendLifetime(lock) }
        do throws(Failure) {
            try writeNext(source, spool)
            try OpenFile.rename(nextPath, to: path, in: folder)
        } catch {
            OpenFile.remove(nextPath)
            throw error
        }
    }

    private func writeNext(_ source: Source, _ spool: borrowing Spool) throws(Failure) {
        let next = try OpenFile(replacing: nextPath)
        let old = try FamilyFile(path)
        for metric in MetricID.all {
            if metric.metric.source == source {
                guard spool.hasLines(of: metric) else { continue }
                try next.append(Exposition.heading(of: metric.metric))
                try spool.copyLines(of: metric, to: next)
            } else {
                try old.copyFamily(metric.metric.name, to: next)
            }
        }
        // What this version does not know is another version's; it is not ours to drop.
        for name in old.names where Catalogue.byName[name] == nil {
            try old.copyFamily(name, to: next)
        }
        try next.append(Exposition.end)
        try next.synchronize()
    }
}
