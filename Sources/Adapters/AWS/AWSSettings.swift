public import Domain
import Ports

/// The values of AWS's environment variables, with the meaning that they have in AWS's SDKs.
///
/// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>.
public struct AWSSettings: Sendable {
    /// The region, `AWS_REGION`.
    public var region: String?
    /// The endpoint of all services, `AWS_ENDPOINT_URL`; nil for AWS.
    public var endpoint: String?
    /// The endpoint of DynamoDB, `AWS_ENDPOINT_URL_DYNAMODB`.
    public var dynamoDBEndpoint: String?
    /// The endpoint of SQS, `AWS_ENDPOINT_URL_SQS`.
    public var sqsEndpoint: String?

    /// The access key id, `AWS_ACCESS_KEY_ID`.
    public var keyID: String?
    /// The secret access key, `AWS_SECRET_ACCESS_KEY`.
    public var secretKey: Secret?
    /// The session token of temporary credentials, `AWS_SESSION_TOKEN`.
    public var sessionToken: Secret?

    /// The URL of a container's credentials, `AWS_CONTAINER_CREDENTIALS_FULL_URI`.
    public var containerURL: String?
    /// The same as a path on the host of Amazon ECS, `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`.
    public var containerPath: String?
    /// The token for the container's credentials, `AWS_CONTAINER_AUTHORIZATION_TOKEN`.
    public var containerToken: Secret?
    /// The file with that token, read for each request, `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`.
    public var containerTokenFile: String?

    /// The URL of the instance metadata, `AWS_EC2_METADATA_SERVICE_ENDPOINT`.
    public var metadataEndpoint: String?
    /// Whether the instance metadata is not used, `AWS_EC2_METADATA_DISABLED`.
    public var isMetadataDisabled = false

    /// Creates empty settings.
    public init() {}

    /// Returns the endpoint of a service and the region.
    func endpoint(of service: AWSService) throws(Failure) -> (url: String, region: String) {
        guard let region, !region.isEmpty else {
            throw Failure(
                .misconfigured, "AWS_REGION is not set. Set it to a region such as eu-central-1.")
        }
        guard
            region.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
            )
        else {
            throw Failure(
                .misconfigured,
                "AWS_REGION is not a region. Set it to a region such as eu-central-1.")
        }
        let own = service == .dynamoDB ? dynamoDBEndpoint : sqsEndpoint
        let standard = "https://\(service.rawValue).\(region).\(Self.suffix(of: region))"
        return (own ?? endpoint ?? standard, region)
    }

    /// Returns the domain of a region's partition.
    ///
    /// Source: botocore's `partitions.json`.
    static func suffix(of region: String) -> String {
        let partitions = [
            ("cn-", "amazonaws.com.cn"), ("us-isob-", "sc2s.sgov.gov"), ("us-iso-", "c2s.ic.gov"),
            ("us-isof-", "csp.hci.ic.gov"), ("eu-isoe-", "cloud.adc-e.uk"),
            ("eusc-", "amazonaws.eu"),
        ]
        return partitions.first { region.hasPrefix($0.0) }?.1 ?? "amazonaws.com"
    }
}

/// The services in use, by their names in host names and signatures.
public enum AWSService: String, Sendable {
    /// DynamoDB.
    case dynamoDB = "dynamodb"
    /// SQS.
    case sqs

    /// The prefix of `X-Amz-Target`.
    var targetPrefix: String {
        switch self {
        case .dynamoDB: "DynamoDB_20120810"
        case .sqs: "AmazonSQS"
        }
    }

    /// Returns the permission for an action.
    ///
    /// SQS has no separate permissions for batches, and DynamoDB none for transactions.
    func permission(for action: String) -> String {
        guard action != "TransactWriteItems" else {
            return "\(rawValue):PutItem and \(rawValue):DeleteItem"
        }
        let name = action.hasSuffix("Batch") ? String(action.dropLast(5)) : action
        return "\(rawValue):\(name)"
    }
}
