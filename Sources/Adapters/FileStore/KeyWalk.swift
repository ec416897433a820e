import Domain
import DurableFiles
import Ports

/// Finds a page of keys in the order of their bytes, and skips folders that cannot hold any of
/// them.
///
/// What is not named like a file or folder of the store is passed over: a note or a copy that somebody
/// left there must not stop anything.
struct KeyWalk {
    private let folder: DurableFolder
    private let prefix: String
    private let cursor: String
    private let limit: Int
    private let now: Timestamp
    private var found: [StoreKey] = []
    private var strangers: [String] = []

    /// Finds the page.
    static func keys(
        in folder: DurableFolder, prefix: String, after cursor: StoreKey?, limit: Int,
        at now: Timestamp
    ) throws(Failure) -> [StoreKey] {
        var walk = KeyWalk(
            folder: folder, prefix: prefix, cursor: cursor?.description ?? "", limit: limit,
            now: now)
        // The walk begins in the folder of the prefix: its parent may have thousands of other
        // folders.
        let parts = prefix.lastIndex(of: "/").map { prefix[..<$0] }
        try walk.visit(
            parts.map { EntryName.folder(ofParts: $0) } ?? "", text: parts.map { "\($0)/" } ?? "",
            isBeginning: true)
        return walk.found
    }

    /// The paths of everything that was passed over on a walk through the whole folder.
    static func strangers(in folder: DurableFolder, at now: Timestamp) throws(Failure) -> [String] {
        var walk = KeyWalk(folder: folder, prefix: "", cursor: "", limit: .max, now: now)
        try walk.visit("", text: "", isBeginning: true)
        // It belongs to the file system.
        return walk.strangers.filter { $0 != "lost+found" }.map { "\(folder.path)/\($0)" }
    }

    private init(
        folder: DurableFolder, prefix: String, cursor: String, limit: Int, now: Timestamp
    ) {
        self.folder = folder
        self.prefix = prefix
        self.cursor = cursor
        self.limit = limit
        self.now = now
    }

    /// Visits a folder.
    ///
    /// Keys are ASCII, and the keys of two folders do not interleave. So the order of the texts is
    /// the order of the keys.
    ///
    /// - Parameter text: The prefix of all keys in the folder `name`.
    private mutating func visit(
        _ name: String, text: String, isBeginning: Bool = false
    ) throws(Failure) {
        var children: [(path: String, step: EntryName.Step, text: String)] = []
        let names: [String]
        do throws(Failure) {
            names = try folder.names(in: name)
        } catch  where error.code == .unreadableState && !isBeginning {
            return strangers.append(name)
        }
        for child in names {
            let path = name.isEmpty ? child : "\(name)/\(child)"
            guard let step = EntryName.step(child) else {
                strangers.append(path)
                continue
            }
            let text = text + step.text
            if step.isEntry ? isOnPage(text) : mayHoldPage(text) {
                children.append((path, step, text))
            }
        }
        for (path, step, text) in children.sorted(by: { $0.text < $1.text }) {
            guard found.count < limit else { return }
            if step.isEntry { try append(path, text) } else { try visit(path, text: text) }
        }
    }

    private func isOnPage(_ text: String) -> Bool { cursor < text && text.hasPrefix(prefix) }

    private func mayHoldPage(_ text: String) -> Bool {
        (text.hasPrefix(prefix) || prefix.hasPrefix(text))
            && (cursor < text || cursor.hasPrefix(text))
    }

    private mutating func append(_ path: String, _ text: String) throws(Failure) {
        guard let key = StoreKey(text), EntryName.path(of: key) == path else {
            return strangers.append(path)
        }
        if try folder.hasEntry(path, at: now) { found.append(key) }
    }
}
