public import Domain
package import DurableFiles
public import Ports
import Toolbox

/// A store in one folder, with one file per entry, for any number of processes.
///
/// The path of a file stands for the key; see ``EntryName``. A file begins with a line about the
/// entry, followed by the value; see ``EntryFile``. Writers hold the folder's lock, so that
/// comparing and writing are one step. Readers need no lock, because a file is only replaced as a
/// whole.
public actor FileStore: KeyValueStore {
    private let folder: DurableFolder
    private let clock: any WallClock
    private let executor = ThreadExecutor("file-store")
    /// For each subfolder, the number of entries with an expiry that may be put before it is swept.
    private var putsUntilSweep: [String: Int] = [:]

    /// File operations block, so the actor has its own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Opens the store in a folder, which is created unless it exists.
    ///
    /// - Parameter clock: Tells which entries have expired.
    /// - Throws: `misconfigured` or `unavailable` if the folder cannot be written to.
    public init(folder: String, clock: any WallClock) throws(Failure) {
        try self.init(folder: folder, clock: clock, steps: { _ in })
    }

    /// Opens a store that calls `steps` before each change to the disk.
    package init(
        folder: String, clock: any WallClock, steps: @escaping DiskSteps
    ) throws(Failure) {
        self.folder = try DurableFolder(folder, .ownerOnly("STATE_STORE"), steps: steps)
        self.clock = clock
    }

    /// Reads an entry; see ``KeyValueStore``.
    ///
    /// - Throws: Also `unreadableState` if the file is damaged or does not belong to this store.
    public func entry(for key: StoreKey) throws(Failure) -> StoreEntry? {
        let path = EntryName.path(of: key)
        guard let bytes = try folder.read(path) else { return nil }
        try EntryFile.format.check(bytes, at: "\(folder.path)/\(path)")
        guard let file = EntryFile(bytes), file.head.key == key else {
            throw Failure(
                .unreadableState,
                "\(folder.path)/\(path) is damaged or is not a file of this store. Restore it, or "
                    + "remove it.")
        }
        guard file.head.isLive(at: clock.now()) else { return nil }
        return StoreEntry(value: file.value, version: file.head.version)
    }

    /// Writes an entry; see ``KeyValueStore``.
    @discardableResult
    public func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) throws(Failure) -> StoreVersion {
        guard value.count <= StoreLimits.valueByteCountMax else {
            throw Failure(.limitExceeded, "\(key) cannot hold \(value.count) bytes")
        }
        // 64 random bits do not repeat, so nothing has to be stored about removed entries.
        let version = StoreVersion(.random(in: .min ... .max))
        let file = EntryFile(
            head: EntryFile.Head(key: key, version: version, expiry: expiry), value: value)
        let path = EntryName.path(of: key)
        try folder.locked { () throws(Failure) in
            try check(condition, of: key)
            try folder.replace(path, with: file.bytes)
            if expiry != nil { sweep(EntryName.folder(of: path)) }
        }
        return version
    }

    /// Removes an entry; see ``KeyValueStore``.
    public func remove(_ key: StoreKey, if condition: StoreCondition) throws(Failure) {
        try folder.locked { () throws(Failure) in
            try check(condition, of: key)
            try folder.remove(EntryName.path(of: key))
        }
    }

    /// Lists keys; see ``KeyValueStore``.
    ///
    /// A damaged entry is listed. Reading it reports the damage. What is not named like an entry is
    /// passed over.
    public func keys(
        prefix: String, after cursor: StoreKey?, limit: Int
    ) throws(Failure) -> [StoreKey] {
        precondition(1...StoreLimits.pageKeyCountMax ~= limit, "a page of \(limit) keys")
        return try KeyWalk.keys(
            in: folder, prefix: prefix, after: cursor, limit: limit, at: clock.now())
    }

    /// Names the files and folders that are not named like those of the store; see
    /// ``KeyValueStore``.
    public func strangers() async throws(Failure) -> [String] {
        try KeyWalk.strangers(in: folder, at: clock.now())
    }

    private func check(_ condition: StoreCondition, of key: StoreKey) throws(Failure) {
        // An unconditional write does not read the entry, so it can replace or remove a damaged
        // one, but not one in the format of a newer version.
        let path = EntryName.path(of: key)
        guard condition != .always else {
            let beginning = try folder.read(path, countMax: EntryFile.Head.byteCountMax)
            return try EntryFile.format.check(beginning ?? [], at: "\(folder.path)/\(path)")
        }
        guard condition.holds(for: try entry(for: key)?.version) else {
            throw Failure(.conflict, "\(key) changed since it was read")
        }
    }

    /// Removes the expired entries of a subfolder.
    ///
    /// The next sweep follows after as many puts as entries are left now. So the work per put does
    /// not grow with the number of entries.
    private func sweep(_ name: String) {
        let left = putsUntilSweep[name, default: 0]
        guard left == 0 else {
            putsUntilSweep[name] = left - 1
            return
        }
        let now = clock.now()
        var leftCount = 0
        for file in (try? folder.names(in: name)) ?? [] {
            let path = "\(name)/\(file)"
            if (try? folder.hasEntry(path, at: now)) ?? true {
                leftCount += 1
            } else {
                // If this fails, the entry still counts as absent, and the next sweep removes it.
                try? folder.remove(path)
            }
        }
        putsUntilSweep[name] = leftCount
    }
}
