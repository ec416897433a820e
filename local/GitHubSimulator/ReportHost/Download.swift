import ContentMD5
import Domain
import Synchronization
import Toolbox

/// The host of report links: a signed link is the only credential.
///
/// The links are signed as Azure signs them, with an authentication code over the path and the expiry,
/// <https://learn.microsoft.com/rest/api/storageservices/create-service-sas>.
extension SimulatedGitHub {
    /// A signed link to a file, valid from now on.
    func signedLink(_ part: ReportFileID, at moment: Timestamp) -> String {
        let start = Timestamp(seconds: moment.seconds)
        let expiry = start.advanced(by: configuration.linkLife)
        let form = Form([
            ("sp", "r"), ("st", start.description), ("se", expiry.description),
            ("sig", signature(part.path, expiry: expiry.description)), ("etl_id", "green"),
        ])
        return "\(reportsAddress)\(part.path)?\(form.encoded)"
    }

    private func signature(_ path: String, expiry: String) -> String {
        crypto.seal("report link\n\(path)\n\(expiry)")
    }

    /// Checks that a request contains nothing but the link.
    func checkDownload(_ request: SimulatedRequest) throws(ErrorResponse) {
        for name in ["authorization", "cookie", "x-github-api-version"]
        where request.fields[name] != nil {
            recordViolation("`\(name)` sent to the report host", request)
            throw ErrorResponse(
                .storageRefusal(
                    400, code: "InvalidAuthenticationInfo",
                    message: "Authentication information is not given in the correct format."))
        }
        guard request.method == "GET" else {
            recordViolation("a method other than GET at the report host", request)
            throw ErrorResponse(
                .storageRefusal(
                    405, code: "UnsupportedHttpVerb",
                    message: "The resource doesn't support specified Http Verb."))
        }
    }

    /// `GET` of a signed link.
    func download(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        let query = request.query
        guard let expiry = query["se"], let expires = Timestamp(expiry), let seal = query["sig"],
            crypto.isSeal(seal, of: "report link\n\(request.path)\n\(expiry)")
        else { throw Self.linkRefusal("Signature did not match.") }
        guard request.moment < expires else {
            throw Self.linkRefusal("Signature not valid in the specified time frame.")
        }
        guard let part = ReportFileID(path: request.path), let file = file(part) else {
            throw ErrorResponse(
                .storageRefusal(
                    404, code: "BlobNotFound", message: "The specified blob does not exist."))
        }
        var response = SimulatedResponse(
            200,
            fields: [
                "content-type": "application/octet-stream", "x-ms-version": "2025-01-05",
                "x-ms-blob-type": "BlockBlob",
            ], body: file.bytes)
        response.fields["content-md5"] = file.checksum
        return response
    }

    private func file(_ part: ReportFileID) -> ReportFile? {
        let (known, world, count) = state.withLock { ($0.files[part], $0.world, $0.updateCount) }
        if let known { return known }
        guard let organization = world.organization(part.organization),
            let bytes = organization.history.shard(
                part.index, of: part.source, of: organization, day: part.day,
                revision: part.revision)
        else { return nil }
        let file = ReportFile(bytes: bytes, checksum: ContentMD5.field(for: bytes))
        state.withLock { if $0.updateCount == count { $0.cache(file, as: part) } }
        return file
    }

    private static func linkRefusal(_ detail: String) -> ErrorResponse {
        ErrorResponse(
            .storageRefusal(
                403, code: "AuthenticationFailed",
                message: "Server failed to authenticate the request. \(detail)"))
    }
}
