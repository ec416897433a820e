/// The version of copilot-usage, for everything that names it: `--version`, the user agent, the
/// Debian package and the tag of the image.
public enum ProductVersion {
    /// A semantic version, such as `1.2.3`.
    public static let current = "0.1.0"

    /// The value of the `user-agent` header of every request.
    public static let userAgent = "copilot-usage/\(current)"
}
