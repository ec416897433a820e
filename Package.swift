// swift-tools-version: 6.3
import PackageDescription

// One list for every Swift target: a target may add to it, none may take from it.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335: `any` is always visible.
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409: a leaked import is a choice.
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444: no member by someone's import.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461: stay on the caller.
    .strictMemorySafety(),  // SE-0458: every unsafe step carries the word.
    .treatAllWarnings(as: .error),  // SE-0480
]

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let arguments: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
let configuration: Target.Dependency = .product(
    name: "Configuration", package: "swift-configuration")
let hummingbird: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let nio: [Target.Dependency] = [
    .product(name: "HTTPTypes", package: "swift-http-types"),
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]

let package = Package(
    name: "copilot-usage",
    products: [
        .executable(name: "copilot-functions", targets: ["copilot-functions"]),
        .executable(name: "copilot-local", targets: ["copilot-local"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        // Without its traits it stays on FoundationEssentials: no ICU in the image.
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    ],
    targets: [
        // C, named as the system names it. Only the adapter beside it imports it.
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSnappy", pkgConfig: "snappy", providers: [.apt(["libsnappy-dev"])]),
        .systemLibrary(
            name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        // These two are not linked but loaded when they are first needed.
        .target(name: "CLazyLibrary", linkerSettings: [.linkedLibrary("dl")]),
        .target(
            name: "CCurl", dependencies: ["CLazyLibrary"], linkerSettings: [.linkedLibrary("z")]),
        .target(name: "CPostgres", dependencies: ["CLazyLibrary"]),
        .target(
            name: "CSimdJSON",
            linkerSettings: [.linkedLibrary("simdjson"), .linkedLibrary("stdc++")]),

        // Inward: values, then seams, then what is pure or speaks only through seams.
        .target(name: "Domain", swiftSettings: strict),
        .target(name: "Ports", dependencies: ["Domain"], swiftSettings: strict),
        .target(
            name: "Reports", dependencies: ["CSimdJSON", "CXXHash", "Domain"],
            swiftSettings: strict),
        .target(name: "GitHub", dependencies: ["Domain", "Ports"], swiftSettings: strict),
        .target(
            name: "CloudEvents", dependencies: ["Domain", "Ports"], swiftSettings: strict),
        .target(name: "Worker", dependencies: ["Domain", "Ports", logging], swiftSettings: strict),

        // The functions see values, seams and GitHub; never an adapter, never each other.
        .target(
            name: "OnAuthorize", dependencies: ["Domain", "GitHub", "Ports"],
            path: "functions/OnAuthorize", swiftSettings: strict),
        .target(
            name: "OnAuthorizeCallback", dependencies: ["Domain", "GitHub", "Ports"],
            path: "functions/OnAuthorizeCallback", swiftSettings: strict),
        .target(
            name: "OnDailyTick", dependencies: ["Domain", "GitHub", "Ports"],
            path: "functions/OnDailyTick", swiftSettings: strict),
        .target(
            name: "OnCollectOrg", dependencies: ["Domain", "GitHub", "Ports", "Reports"],
            path: "functions/OnCollectOrg", swiftSettings: strict),

        // Outward: one target an adapter.
        .target(name: "ContentMD5", dependencies: ["COpenSSL"], swiftSettings: strict),
        .target(
            name: "CurlHTTP", dependencies: ["CCurl", "CZstd", "ContentMD5", "Domain", "Ports"],
            swiftSettings: strict),
        .target(
            name: "OpenSSLCrypto", dependencies: ["COpenSSL", "Domain", "Ports"],
            swiftSettings: strict),
        .target(
            name: "DurableFiles", dependencies: ["CXXHash", "Domain", "Ports"],
            swiftSettings: strict),
        .target(
            name: "FileStore", dependencies: ["Domain", "DurableFiles", "Ports"],
            swiftSettings: strict),
        .target(
            name: "FileBus", dependencies: ["Domain", "DurableFiles", "Ports"],
            swiftSettings: strict),
        .target(
            name: "HTTPPublisher", dependencies: ["CloudEvents", "Domain", "Ports"],
            swiftSettings: strict),
        .target(
            name: "Postgres", dependencies: ["CPostgres", "Domain", "Ports"],
            swiftSettings: strict),
        .target(name: "OpenMetrics", dependencies: ["Domain", "Ports"], swiftSettings: strict),
        .target(
            name: "RemoteWrite", dependencies: ["CSnappy", "Domain", "Ports"],
            swiftSettings: strict),
        .target(name: "AWS", dependencies: ["Domain", "Ports"], swiftSettings: strict),
        .target(
            name: "DynamoStore", dependencies: ["AWS", "Domain", "Ports"], swiftSettings: strict),
        .target(
            name: "SQSQueue", dependencies: ["AWS", "Domain", "Ports"], swiftSettings: strict),
        .target(name: "SystemClock", dependencies: ["Domain", "Ports"], swiftSettings: strict),
        .target(name: "Fakes", dependencies: ["Domain", "Ports"], swiftSettings: strict),

        // Composition roots: the function host, and the local runner around it.
        .target(
            name: "Host",
            dependencies: [
                "AWS", "CMalloc", "CloudEvents", "CurlHTTP", "Domain", "DynamoStore", "Fakes",
                "FileBus", "FileStore", "GitHub", "HTTPPublisher", "OnAuthorize",
                "OnAuthorizeCallback", "OnCollectOrg", "OnDailyTick", "OpenMetrics",
                "OpenSSLCrypto", "Ports", "Postgres", "RemoteWrite", "SQSQueue", "SystemClock",
                configuration, logging,
            ],
            path: "functions/Host", swiftSettings: strict),
        .target(
            name: "HTTPHost",
            dependencies: [
                "CloudEvents", "Domain", "Host", "Ports", "Worker", hummingbird, logging,
            ] + nio,
            path: "functions/HTTPHost", swiftSettings: strict),
        .target(
            name: "LambdaHost",
            dependencies: ["CurlHTTP", "Domain", "Host", "Ports", "SQSQueue", "Worker", logging],
            path: "functions/LambdaHost", swiftSettings: strict),
        .target(
            name: "WorkerHost", dependencies: ["Domain", "Host", "Ports", "Worker", logging],
            path: "functions/WorkerHost", swiftSettings: strict),
        .executableTarget(
            name: "copilot-functions",
            dependencies: [
                "Domain", "HTTPHost", "Host", "LambdaHost", "Ports", "WorkerHost", arguments,
                logging,
            ],
            path: "functions/Command", swiftSettings: strict),
        .target(
            name: "Runner", dependencies: ["Domain", "GitHub", "Ports", "Worker", logging],
            path: "local/Runner", swiftSettings: strict),
        .target(
            name: "GitHubSimulator",
            dependencies: [
                "ContentMD5", "Domain", "OpenSSLCrypto", "Ports", hummingbird, logging,
            ] + nio,
            path: "local/GitHubSimulator", exclude: ["Recorded"], swiftSettings: strict),
        .target(
            name: "Console", dependencies: ["Domain", "Ports"], path: "local/Console",
            swiftSettings: strict),
        .executableTarget(
            name: "copilot-local",
            dependencies: [
                "Console", "Domain", "Fakes", "FileBus", "GitHubSimulator", "HTTPHost", "Host",
                "OnDailyTick", "OpenSSLCrypto", "Ports", "Runner", "SystemClock", "Worker",
                arguments, logging,
            ],
            path: "local/Command", swiftSettings: strict),

        // Tests: a suite per port run on every adapter, then one target a target.
        .target(
            name: "TestSupport",
            dependencies: [
                "Domain", "Ports", .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            path: "Tests/Support", exclude: ["moto-server.py"], swiftSettings: strict),
        .testTarget(
            name: "Conformance",
            dependencies: [
                "AWS", "CurlHTTP", "Domain", "DynamoStore", "Fakes", "FileBus", "FileStore",
                "OpenMetrics", "OpenSSLCrypto", "Ports", "Postgres", "RemoteWrite", "SQSQueue",
                "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AWSTests",
            dependencies: [
                "AWS", "CurlHTTP", "Domain", "DynamoStore", "Fakes", "LambdaHost", "OpenSSLCrypto",
                "Ports", "SQSQueue", "TestSupport", "Worker", logging,
            ],
            exclude: ["resign.py"], swiftSettings: strict),
        .testTarget(
            name: "DomainTests", dependencies: ["Domain", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ReportsTests", dependencies: ["Domain", "Fakes", "Reports", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "CurlHTTPTests", dependencies: ["CurlHTTP", "Domain", "Ports", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "OpenSSLCryptoTests", dependencies: ["Domain", "OpenSSLCrypto", "Ports"],
            swiftSettings: strict),
        .testTarget(
            name: "FileStoreTests",
            dependencies: [
                "Domain", "DurableFiles", "Fakes", "FileBus", "FileStore", "Ports", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PostgresTests",
            dependencies: ["Domain", "Fakes", "Ports", "Postgres", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "OpenMetricsTests",
            dependencies: ["Domain", "Fakes", "OpenMetrics", "Ports", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "RemoteWriteTests",
            dependencies: [
                "CurlHTTP", "Domain", "Fakes", "Ports", "RemoteWrite", "Reports",
                "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "GitHubTests",
            dependencies: ["Domain", "Fakes", "GitHub", "OpenSSLCrypto", "Ports"],
            swiftSettings: strict),
        .testTarget(
            name: "FunctionTests",
            dependencies: [
                "Domain", "Fakes", "GitHub", "OnAuthorize", "OnAuthorizeCallback", "OnCollectOrg",
                "OnDailyTick", "OpenSSLCrypto", "Ports", "Reports", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "GitHubSimulatorTests",
            dependencies: [
                "CurlHTTP", "Domain", "Fakes", "GitHubSimulator", "OpenSSLCrypto", "Ports",
                "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HostTests",
            dependencies: [
                "Domain", "Fakes", "HTTPHost", "Host", "LambdaHost", "Ports", "TestSupport",
                "Worker", "WorkerHost", logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CloudEventsTests",
            dependencies: [
                "CloudEvents", "Domain", "Fakes", "HTTPPublisher", "Ports", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HTTPHostTests",
            dependencies: [
                "CloudEvents", "CurlHTTP", "Domain", "Fakes", "HTTPHost", "Host", "OpenSSLCrypto",
                "Ports", "SystemClock", "TestSupport", logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RunnerTests",
            dependencies: [
                "Console", "Domain", "Fakes", "GitHub", "Ports", "Runner", "TestSupport", "Worker",
                logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEnd",
            dependencies: [
                "CloudEvents", "CurlHTTP", "Domain", "Fakes", "FileStore", "GitHubSimulator",
                "Host", "OpenSSLCrypto", "Ports", "Postgres", "Runner", "SystemClock",
                "TestSupport", "Worker", logging,
            ],
            exclude: ["front.py", "lambda-models.py"], swiftSettings: strict),
        .testTarget(
            name: "InfraTests", dependencies: ["TestSupport"], exclude: ["checks"],
            swiftSettings: strict),
        .testTarget(name: "TidyTests", swiftSettings: strict),
        .target(
            name: "CPlainLoop", path: "Tests/CPlainLoop",
            linkerSettings: [
                .linkedLibrary("simdjson"), .linkedLibrary("snappy"), .linkedLibrary("stdc++"),
            ]),
        .executableTarget(
            name: "bench",
            dependencies: [
                "CPlainLoop", "CSimdJSON", "CSnappy", "CurlHTTP", "Domain", "Fakes", "FileBus",
                "FileStore", "GitHub", "OnDailyTick", "OpenSSLCrypto", "Ports", "Postgres",
                "RemoteWrite", "Reports", "SystemClock", "TestSupport", arguments,
            ],
            path: "Tests/Benchmarks", swiftSettings: strict),
    ],
    cxxLanguageStandard: .cxx17
)
