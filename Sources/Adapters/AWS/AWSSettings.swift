public import Domain
import Ports

/// What AWS's own variables say; each keeps the meaning it has in AWS's programs.
///
/// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>.
public struct AWSSettings: Sendable {
    /// The region, `AWS_REGION`.
    public var region: String?
    /// Where every service is, `AWS_ENDPOINT_URL`; nil for AWS itself.
    public var endpoint: String?
    /// Where DynamoDB is, `AWS_ENDPOINT_URL_DYNAMODB`.
    public var dynamoDBEndpoint: String?
    /// Where SQS is, `AWS_ENDPOINT_URL_SQS`.
    public var sqsEndpoint: String?

    /// An access key, `AWS_ACCESS_KEY_ID`.
    public var keyID: String?
    /// The key's secret, `AWS_SECRET_ACCESS_KEY`.
    public var secretKey: Secret?
    /// What comes with a key that is lent, `AWS_SESSION_TOKEN`.
    public var sessionToken: Secret?

    /// Where a container asks for keys, `AWS_CONTAINER_CREDENTIALS_FULL_URI`.
    public var containerURL: String?
    /// The same as a path at Amazon ECS's own address, `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`.
    public var containerPath: String?
    /// What a container shows there, `AWS_CONTAINER_AUTHORIZATION_TOKEN`.
    public var containerToken: Secret?
    /// A file with it, read each time, `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`.
    public var containerTokenFile: String?

    /// Where a machine asks for keys, `AWS_EC2_METADATA_SERVICE_ENDPOINT`.
    public var metadataEndpoint: String?
    /// Whether a machine must not ask, `AWS_EC2_METADATA_DISABLED`.
    public var isMetadataDisabled = false

    /// Creates settings that say nothing.
    public init() {}

    /// Where a service answers.
    func endpoint(of service: AWSService) throws(Failure) -> (url: String, region: String) {
        guard let region, !region.isEmpty else {
            throw Failure(
                .misconfigured, "AWS_REGION is not set: set it to a region such as eu-central-1")
        }
        guard
            region.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
            )
        else {
            throw Failure(
                .misconfigured, "AWS_REGION is no region: set it to one such as eu-central-1")
        }
        let own = service == .dynamoDB ? dynamoDBEndpoint : sqsEndpoint
        let standard = "https://\(service.rawValue).\(region).\(Self.suffix(of: region))"
        return (own ?? endpoint ?? standard, region)
    }

    /// The domain of a region's partition.
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

/// The services that are used, as their hosts and signatures name them.
public enum AWSService: String, Sendable {
    /// The table.
    case dynamoDB = "dynamodb"
    /// The queues.
    case sqs

    /// What `X-Amz-Target` begins with.
    var targetPrefix: String {
        switch self {
        case .dynamoDB: "DynamoDB_20120810"
        case .sqs: "AmazonSQS"
        }
    }

    /// The permission that an action asks for: SQS has none of their own for batches.
    func permission(for action: String) -> String {
        let name = action.hasSuffix("Batch") ? String(action.dropLast(5)) : action
        return "\(rawValue):\(name)"
    }
}
