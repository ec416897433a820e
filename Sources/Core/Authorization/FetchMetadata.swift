public import Domain

/// What a browser says about the origin of a request: the `Sec-Fetch-…` headers.
///
/// Source: <https://www.w3.org/TR/fetch-metadata/>. Pages cannot set these headers. Programs and old
/// browsers send none.
public enum FetchMetadata {
    /// Whether a person wanted this request, as far as the browser knows.
    ///
    /// That is so if they typed the address or used a bookmark, if a page of ours led to it, or if they
    /// followed a link of another site in a window of its own. Another site's image, frame, script or
    /// redirect without a click is not wanted.
    public static func isWanted(_ event: WebEvent) -> Bool {
        guard let site = event.headers["sec-fetch-site"] else { return true }
        if ["none", "same-origin"].contains(site) { return true }
        return event.headers["sec-fetch-mode"] == "navigate"
            && event.headers["sec-fetch-dest"] == "document"
            && event.headers["sec-fetch-user"] == "?1"
    }
}
