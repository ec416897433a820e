import Domain
import Ports
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Obtains credentials from the first configured source: variables, container or instance metadata.
struct AWSCredentialProvider: Sendable {
    private static let containerHost = "http://169.254.170.2"
    private static let metadataHost = "http://169.254.169.254"

    let settings: AWSSettings
    let transport: any HTTPTransport

    func result() async -> Result<AWSCredentials, Failure> {
        do throws(Failure) { return .success(try await key()) } catch { return .failure(error) }
    }

    private func key() async throws(Failure) -> AWSCredentials {
        if let keyID = settings.keyID {
            guard let secretKey = settings.secretKey else {
                throw Failure(
                    .misconfigured,
                    "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not. Set both or neither."
                )
            }
            return AWSCredentials(
                keyID: keyID, secretKey: secretKey, sessionToken: settings.sessionToken)
        }
        if let url = try containerURL() { return try await containerKey(url) }
        guard !settings.isMetadataDisabled else { throw Self.nowhere }
        return try await machineKey()
    }

    private static let nowhere = Failure(
        .misconfigured,
        "there are no AWS credentials. Attach a role to the function, container or instance, or set"
            + " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")

    // MARK: Container

    /// Source:
    /// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>.
    private func containerURL() throws(Failure) -> String? {
        if let path = settings.containerPath { return Self.containerHost + path }
        guard let url = settings.containerURL else { return nil }
        // The request contains a token, so http is accepted only for this machine and its host.
        let containerHosts = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"]
        guard let origin = Origin(url),
            origin.isSecure || origin.isLoopback || containerHosts.contains(origin.host)
        else {
            throw Failure(
                .misconfigured,
                "AWS_CONTAINER_CREDENTIALS_FULL_URI must be an https address. http is accepted only on"
                    + " loopback and for the address of a container host.")
        }
        return url
    }

    private func containerKey(_ url: String) async throws(Failure) -> AWSCredentials {
        var fields: [String: Secret] = [:]
        if let file = settings.containerTokenFile {
            guard let token = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw Failure(
                    .misconfigured,
                    "the file that AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names cannot be read")
            }
            let end = token.lastIndex { !$0.isWhitespace }
            fields["authorization"] = Secret(String(end.map { token[...$0] } ?? ""))
        } else if let token = settings.containerToken {
            fields["authorization"] = token
        }
        let reply = try await ask(
            HTTPClientRequest("GET", url, secretFields: fields, timeout: .seconds(5)),
            "the container's credentials endpoint")
        return try Self.read(reply, "the container's credentials endpoint")
    }

    // MARK: Instance metadata

    /// Source:
    /// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html>.
    private func machineKey() async throws(Failure) -> AWSCredentials {
        var host = settings.metadataEndpoint ?? Self.metadataHost
        while host.last == "/" { host.removeLast() }
        let place = "the instance metadata"
        let token: Secret
        do throws(Failure) {
            let bytes = try await ask(
                HTTPClientRequest(
                    "PUT", "\(host)/latest/api/token",
                    fields: ["x-aws-ec2-metadata-token-ttl-seconds": "21600"],
                    timeout: .seconds(2)), place)
            token = Secret(String(decoding: bytes, as: UTF8.self))
        } catch  where settings.metadataEndpoint == nil {
            // There is no metadata service outside AWS.
            throw Self.nowhere
        }
        let list = "\(host)/latest/meta-data/iam/security-credentials/"
        func get(_ url: String) async throws(Failure) -> [UInt8] {
            try await ask(
                HTTPClientRequest(
                    "GET", url, secretFields: ["x-aws-ec2-metadata-token": token],
                    timeout: .seconds(5)), place)
        }
        let roles = String(decoding: try await get(list), as: UTF8.self)
        guard let role = roles.split(whereSeparator: \.isWhitespace).first else {
            throw Failure(
                .misconfigured, "\(place) contains no role: attach a role to the instance")
        }
        return try Self.read(try await get(list + role), place)
    }

    // MARK: Requests

    private func ask(
        _ request: HTTPClientRequest, _ place: String
    ) async throws(Failure) -> [UInt8] {
        let reply = try await transport.send(request)
        let bytes = try await reply.body.bytes()
        guard reply.status == 200 else {
            let code: Failure.Code =
                switch reply.status {
                case 500...: .unavailable
                case 429: .rateLimited
                default: .misconfigured
                }
            throw Failure(
                code,
                "\(place) responded with status \(reply.status) instead of credentials: check that a role"
                    + " is attached and that the token is valid")
        }
        return bytes
    }

    private static func read(_ bytes: [UInt8], _ place: String) throws(Failure) -> AWSCredentials {
        let reply = JSON.value(bytes)
        guard let keyID = reply?["AccessKeyId"]?.text, !keyID.isEmpty,
            let secretKey = reply?["SecretAccessKey"]?.text
        else {
            let code = reply?["Code"]?.text.map { ": \($0)" } ?? ""
            throw Failure(.malformedReply, "\(place) returned no AWS credentials\(code)")
        }
        return AWSCredentials(
            keyID: keyID, secretKey: Secret(secretKey),
            sessionToken: reply?["Token"]?.text.map { Secret($0) },
            expiry: reply?["Expiration"]?.text.flatMap { Timestamp($0) })
    }
}
