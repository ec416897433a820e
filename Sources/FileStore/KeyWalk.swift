import Domain
import DurableFiles
import Ports

/// Finds a page of keys in the order of their bytes, without looking into folders that cannot
/// hold any.
struct KeyWalk {
    let folder: DurableFolder
    let prefix: String
    let cursor: StoreKey?
    let limit: Int
    let isLive: (EntryFile.Head) -> Bool

    private var found: [StoreKey] = []

    init(
        folder: DurableFolder, prefix: String, cursor: StoreKey?, limit: Int,
        isLive: @escaping (EntryFile.Head) -> Bool
    ) {
        self.folder = folder
        self.prefix = prefix
        self.cursor = cursor
        self.limit = limit
        self.isLive = isLive
    }

    mutating func keys() throws(Failure) -> [StoreKey] {
        try visit("", beginning: "")
        return found
    }

    // `text` is what every key in the folder `name` begins with. Keys are ASCII, and no folder's
    // keys lie between those of another; so the order of the texts is the order of the keys.
    private mutating func visit(_ name: String, beginning text: String) throws(Failure) {
        var steps: [(name: String, step: EntryName.Step, text: String)] = []
        for child in try folder.names(in: name) {
            let path = name.isEmpty ? child : "\(name)/\(child)"
            guard let step = EntryName.step(child) else { throw stranger(path) }
            steps.append((path, step, text + step.text))
        }
        for (path, step, text) in steps.sorted(by: { $0.text < $1.text }) where found.count < limit
        {
            if case .entry = step {
                try take(path, text)
            } else if mayHoldKeys(text) {
                try visit(path, beginning: text)
            }
        }
    }

    private func mayHoldKeys(_ text: String) -> Bool {
        guard text.hasPrefix(prefix) || prefix.hasPrefix(text) else { return false }
        return cursor.map { $0.description < text || $0.description.hasPrefix(text) } ?? true
    }

    private mutating func take(_ path: String, _ text: String) throws(Failure) {
        guard let key = StoreKey(text), EntryName.path(of: key) == path else {
            throw stranger(path)
        }
        guard text.hasPrefix(prefix), cursor.map({ $0 < key }) ?? true else { return }
        // Gone since the folder was listed: then it is absent.
        guard let bytes = try folder.read(path, countMax: EntryFile.Head.byteCountMax) else {
            return
        }
        if EntryFile.Head(beginningOf: bytes).map(isLive) ?? true { found.append(key) }
    }

    private func stranger(_ path: String) -> Failure {
        Failure(
            .unreadableState, "\(folder.path)/\(path) is not a file of this store; move it away")
    }
}
