extension Scenario {
    /// Every scenario of the simulator.
    public static let all =
        publication + access + refusals + errors + transfers + changes + files
}
