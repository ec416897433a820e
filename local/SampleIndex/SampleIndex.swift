public import Domain
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The samples that the sink `file:` has written, without those of users.
///
/// Each file is read once per version: the points of organizations are kept in memory and in
/// `<folder>/.index/<login>`, with the size, time and number of the file they come from. A page
/// then never reads the lines of users, which are nearly all.
public actor SampleIndex: SeriesSource {
    /// The most days that are kept.
    public static let dayCountMax = 400
    /// The most organizations that are kept in memory.
    private static let organizationCountMax = 300

    private let folder: String
    private let isWriting: Bool
    private var indexes: [OrganizationLogin: OrganizationIndex] = [:]
    /// Organizations in the order of their use, the latest last.
    private var recent: [OrganizationLogin] = []
    private let executor = ThreadExecutor("sample-index")

    /// Reading blocks, so the actor has its own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Creates an index of the files below a folder.
    ///
    /// - Parameters:
    ///   - folder: The folder of the sink.
    ///   - isWriting: Whether to keep the index in the folder. A program that must not change
    ///     anything reads an index that is there, and keeps its own in memory.
    public init(folder: String, isWriting: Bool) {
        self.folder = folder
        self.isWriting = isWriting
    }

    /// Reads samples; files that changed since are read again.
    public func read(_ query: SeriesQuery) throws(Failure) -> SeriesAnswer {
        let login = query.organization
        var index = indexes[login] ?? stored(login) ?? OrganizationIndex()
        var problems: [String] = []
        if refresh(&index, login, query.days), isWriting {
            problems += keep(index, login)
        }
        remember(index, login)
        problems += query.days.compactMap { day in
            index.days[day]?.damage.map {
                "\(path(login, day)) cannot be read: \($0). Move it away and collect \(day) again."
            }
        }
        return SeriesAnswer(
            days: query.days, series: index.series(query.days, metrics: query.metrics),
            problems: problems)
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

    private func stored(_ login: OrganizationLogin) -> OrganizationIndex? {
        // An index that is missing, damaged or of another version is made again.
        guard let bytes = FileManager.default.contents(atPath: "\(folder)/.index/\(login)"),
            let text = String(validating: bytes, as: UTF8.self)
        else { return nil }
        return OrganizationIndex(text: text)
    }

    /// Writes the index; a problem is reported, and costs only time at the next start.
    private func keep(_ index: OrganizationIndex, _ login: OrganizationLogin) -> [String] {
        let file = URL(filePath: "\(folder)/.index/\(login)")
        do {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/.index", withIntermediateDirectories: true)
            try Data(index.text(dayCountMax: Self.dayCountMax).utf8).write(
                to: file, options: .atomic)
            return []
        } catch {
            return [
                "\(folder)/.index cannot be written, so every start reads all files again. Let this "
                    + "user write there."
            ]
        }
    }

    private func remember(_ index: OrganizationIndex, _ login: OrganizationLogin) {
        indexes[login] = index
        recent.removeAll { $0 == login }
        recent.append(login)
        if recent.count > Self.organizationCountMax { indexes[recent.removeFirst()] = nil }
    }
}
