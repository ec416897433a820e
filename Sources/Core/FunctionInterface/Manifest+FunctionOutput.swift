public import Domain

extension Manifest: FunctionOutput {
    /// The manifest itself.
    public var summary: Conclusion.Summary { .day(self) }
    /// A fault if a source failed or was refused, or the organization could not be read.
    public var exitStatus: CommandStatus { CommandStatus(self) }
}
