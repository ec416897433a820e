import CMalloc

/// How the C library keeps memory.
enum MallocTuning {
    /// Lets blocks of half a megabyte and more go back to the system as soon as they are freed.
    ///
    /// By default glibc raises that limit to the largest block that was ever freed, up to 32 MiB, and
    /// keeps what is smaller: so after one long line, or the survey of a large report, the process
    /// would stay as large as it has been. What is smaller than the limit is still kept for reuse.
    static let returnToSystem: Void = cmalloc_return_large_blocks(512 << 10, 2 << 20)
}
