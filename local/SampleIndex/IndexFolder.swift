import Domain

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The indexes of the files below a folder.
///
/// Each file is read once per version. What an index keeps of it is in memory and in
/// `<folder>/.index/<login>`, with the size, time and number of the file that it comes from.
struct IndexFolder {
    /// The most days that are kept.
    static let dayCountMax = 400

    private let folder: String
    private let isWriting: Bool
    private let lines: IndexedLines
    private var indexes: [OrganizationLogin: OrganizationIndex] = [:]
    /// Organizations in the order of their use, the latest last.
    private var recent: [OrganizationLogin] = []

    init(_ folder: String, isWriting: Bool, _ lines: IndexedLines) {
        self.folder = folder
        self.isWriting = isWriting
        self.lines = lines
    }

    /// The index of an organization, with files read again that changed.
    ///
    /// - Returns: The index, and what could not be read or written, in sentences.
    mutating func index(
        of login: OrganizationLogin, _ days: ClosedRange<Day>
    ) -> (index: OrganizationIndex, problems: [String]) {
        var index = indexes[login] ?? stored(login) ?? OrganizationIndex(lines)
        var problems: [String] = []
        if refresh(&index, login, days), isWriting {
            problems += keep(index, login)
        }
        remember(index, login)
        problems += days.compactMap { day in
            index.days[day]?.damage.map {
                "\(path(login, day)) cannot be read: \($0). Move it away and collect \(day) again."
            }
        }
        return (index, problems)
    }

    /// Brings the days up to date, and returns whether any file had changed.
    private func refresh(
        _ index: inout OrganizationIndex, _ login: OrganizationLogin, _ days: ClosedRange<Day>
    ) -> Bool {
        var hasChanged = false
        for day in days {
            let path = path(login, day)
            guard let stamp = FileStamp(of: path) else {
                if index.days[day] != nil {
                    index.remove(day)
                    hasChanged = true
                }
                continue
            }
            guard index.days[day]?.stamp != stamp else { continue }
            hasChanged = true
            do {
                index.replace(day, stamp, [UInt8](try Data(contentsOf: URL(filePath: path))))
            } catch {
                index.replace(day, stamp, damage: "this user may not read it")
            }
        }
        return hasChanged
    }

    private func path(_ login: OrganizationLogin, _ day: Day) -> String {
        "\(folder)/\(login)/\(day).om"
    }

    private func place(_ login: OrganizationLogin) -> String {
        "\(folder)/.index/\(login)\(lines.fileEnding)"
    }

    private func stored(_ login: OrganizationLogin) -> OrganizationIndex? {
        // An index that is missing, damaged or of another version is made again.
        guard let bytes = FileManager.default.contents(atPath: place(login)),
            let text = String(validating: bytes, as: UTF8.self)
        else { return nil }
        return OrganizationIndex(lines, text: text)
    }

    /// Writes the index; a problem is reported, and costs only time at the next start.
    private func keep(_ index: OrganizationIndex, _ login: OrganizationLogin) -> [String] {
        do {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/.index", withIntermediateDirectories: true)
            try Data(index.text(dayCountMax: Self.dayCountMax).utf8).write(
                to: URL(filePath: place(login)), options: .atomic)
            return []
        } catch {
            return [
                "\(folder)/.index cannot be written, so every start reads all files again. Let this "
                    + "user write there."
            ]
        }
    }

    private mutating func remember(_ index: OrganizationIndex, _ login: OrganizationLogin) {
        indexes[login] = index
        recent.removeAll { $0 == login }
        recent.append(login)
        if recent.count > lines.organizationCountMax { indexes[recent.removeFirst()] = nil }
    }
}
