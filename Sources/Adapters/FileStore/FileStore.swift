public import Domain
package import DurableFiles
public import Ports

/// A store in one folder, one file an entry, for any number of processes at once.
///
/// A key is a path (``EntryName``) and a file begins with a line about the entry
/// (``EntryFile``); then the value stands as it was put. Each change is made under the folder's one
/// lock, which makes the comparison and the write one step; a reader takes no lock, because a file
/// is only ever replaced as a whole.
public actor FileStore: KeyValueStore {
    private let folder: DurableFolder
    private let clock: any WallClock
    private let executor = FileExecutor("file-store")
    // By folder, how many entries that expire may still be put there before it is swept.
    private var putsUntilSweep: [String: Int] = [:]

    /// File work blocks, so it has a thread of its own.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Opens the store in a folder, and makes the folder if need be.
    ///
    /// - Parameters:
    ///   - folder: The folder's path.
    ///   - clock: Says what has expired.
    /// - Throws: `misconfigured` or `unavailable`, naming the folder and what to do, if nothing can
    ///   be written there.
    public init(folder: String, clock: any WallClock) throws(Failure) {
        try self.init(folder: folder, clock: clock, steps: { _ in })
    }

    /// Opens a store that tells `steps` of each change before it is made.
    package init(
        folder: String, clock: any WallClock, steps: @escaping DiskSteps
    ) throws(Failure) {
        self.folder = try DurableFolder(folder, steps: steps)
        self.clock = clock
    }

    /// Reads one entry; see ``KeyValueStore``.
    ///
    /// - Throws: `unreadableState`, too, if the entry's file is damaged or not of this store.
    public func entry(for key: StoreKey) throws(Failure) -> StoreEntry? {
        let path = EntryName.path(of: key)
        guard let bytes = try folder.read(path) else { return nil }
        guard let file = EntryFile(bytes), file.head.key == key else {
            throw Failure(
                .unreadableState,
                "\(folder.path)/\(path) is damaged or not of this store; restore it or remove it")
        }
        guard file.head.isLive(at: clock.now()) else { return nil }
        return StoreEntry(value: file.value, version: file.head.version)
    }

    /// Writes one entry; see ``KeyValueStore``.
    @discardableResult
    public func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) throws(Failure) -> StoreVersion {
        guard value.count <= StoreLimits.valueByteCountMax else {
            throw Failure(.limitExceeded, "\(key) cannot hold \(value.count) bytes")
        }
        // Of 64 random bits none comes again, and nothing has to be remembered of a removed entry.
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

    /// Removes one entry; see ``KeyValueStore``.
    public func remove(_ key: StoreKey, if condition: StoreCondition) throws(Failure) {
        try folder.locked { () throws(Failure) in
            try check(condition, of: key)
            try folder.remove(EntryName.path(of: key))
        }
    }

    /// Lists keys; see ``KeyValueStore``.
    ///
    /// A damaged entry is listed, so that reading it says what is wrong with it.
    ///
    /// - Parameters:
    ///   - prefix: What each key starts with.
    ///   - cursor: The last key of the page before, or nil.
    ///   - limit: The most keys to return.
    /// - Returns: The keys after `cursor`.
    /// - Throws: `unreadableState`, too, if a file is there whose name stands for no key.
    public func keys(
        prefix: String, after cursor: StoreKey?, limit: Int
    ) throws(Failure) -> [StoreKey] {
        precondition(1...StoreLimits.pageKeyCountMax ~= limit, "a page of \(limit) keys")
        return try KeyWalk.keys(
            in: folder, prefix: prefix, after: cursor, limit: limit, at: clock.now())
    }

    private func check(_ condition: StoreCondition, of key: StoreKey) throws(Failure) {
        // Whoever writes in any case need not read; so a damaged entry can be replaced or removed.
        guard condition != .always else { return }
        guard condition.holds(for: try entry(for: key)?.version) else {
            throw Failure(.conflict, "\(key) is not as it was read")
        }
    }

    // Removes what has expired in a folder. It is done once there may be twice as many entries as
    // were left the last time, so the work for each put stays the same however many there are.
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
                // It may stay if it must: it is as good as absent, and the next sweep finds it.
                try? folder.remove(path)
            }
        }
        putsUntilSweep[name] = leftCount
    }
}
