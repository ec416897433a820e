import CMalloc

/// The memory settings of the C library.
enum MallocTuning {
    /// Returns blocks of half a megabyte and more to the system as soon as they are freed.
    ///
    /// By default glibc raises that limit to the largest block ever freed, up to 32 MiB, and keeps
    /// smaller blocks. After one long line, or the survey of a large report, the process would
    /// therefore stay at its peak size. Blocks below the limit are still kept for reuse.
    static let returnToSystem: Void = cmalloc_return_large_blocks(512 << 10, 2 << 20)
}
