public import Domain
import Toolbox

/// The samples that the sink `file:` has written, without those of users.
///
/// A page of many organizations then never reads the lines of users, which are nearly all.
public actor SampleIndex: SeriesSource {
    private var files: IndexFolder
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
        files = IndexFolder(folder, isWriting: isWriting, .organization)
    }

    /// Reads samples; files that changed since are read again.
    public func read(_ query: SeriesQuery) throws(Failure) -> SeriesAnswer {
        let (index, problems) = files.index(of: query.organization, query.days)
        return SeriesAnswer(
            days: query.days, series: index.series(query.days, metrics: query.metrics),
            problems: problems)
    }
}
