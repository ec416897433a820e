import AWS

extension AWSSettings {
    /// Reads AWS's own variables; problems with them show when AWS is used.
    init(from reader: SettingsReader) {
        self.init()
        region = reader.text(.awsRegion) ?? reader.text(.awsDefaultRegion)
        endpoint = reader.text(.awsEndpoint)
        dynamoDBEndpoint = reader.text(.awsDynamoDBEndpoint)
        sqsEndpoint = reader.text(.awsSQSEndpoint)
        keyID = reader.text(.awsKeyID)
        secretKey = reader.secret(.awsSecretKey)
        sessionToken = reader.secret(.awsSessionToken)
        containerURL = reader.text(.awsContainerURL)
        containerPath = reader.text(.awsContainerPath)
        containerToken = reader.secret(.awsContainerToken)
        containerTokenFile = reader.text(.awsContainerTokenFile)
        metadataEndpoint = reader.text(.awsMetadataEndpoint)
        isMetadataDisabled = reader.text(.awsMetadataDisabled)?.lowercased() == "true"
    }
}
