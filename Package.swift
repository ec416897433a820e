// swift-tools-version: 6.3
import PackageDescription

// MARK: Packages

let arguments: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: [Target.Dependency] = [
    .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
    .product(name: "UnixSignals", package: "swift-service-lifecycle"),
]
let http: [Target.Dependency] = [
    .product(name: "HummingbirdCore", package: "hummingbird"),
    .product(name: "HTTPTypes", package: "swift-http-types"),
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]

// MARK: C libraries, named as the system names them; only the adapter beside one imports it

let c: [Target] = [
    .systemLibrary(
        name: "COpenSSL", path: "Sources/C/COpenSSL", pkgConfig: "libcrypto",
        providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
        name: "CSnappy", path: "Sources/C/CSnappy", pkgConfig: "snappy",
        providers: [.apt(["libsnappy-dev"])]),
    .systemLibrary(
        name: "CXXHash", path: "Sources/C/CXXHash", pkgConfig: "libxxhash",
        providers: [.apt(["libxxhash-dev"])]),
    .systemLibrary(
        name: "CZstd", path: "Sources/C/CZstd", pkgConfig: "libzstd",
        providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CMalloc", path: "Sources/C/CMalloc"),
    // libcurl and libpq are not linked but loaded when they are first needed.
    .target(
        name: "CLazyLibrary", path: "Sources/C/CLazyLibrary",
        linkerSettings: [.linkedLibrary("dl")]),
    .target(
        name: "CCurl", dependencies: ["CLazyLibrary"], path: "Sources/C/CCurl",
        linkerSettings: [.linkedLibrary("z")]),
    .target(name: "CPostgres", dependencies: ["CLazyLibrary"], path: "Sources/C/CPostgres"),
    .target(
        name: "CSimdJSON", path: "Sources/C/CSimdJSON",
        linkerSettings: [.linkedLibrary("simdjson"), .linkedLibrary("stdc++")]),
]

// MARK: Core: values, ports, and what is pure or reaches the world only through ports

let core = [
    Target.core("Domain"),
    .core("Ports", ["Domain"]),
    .core("JSONTape", ["CSimdJSON"]),
    .core("Toolbox", ["Domain", "JSONTape", "Ports"]),
    .core("HTML"),
    .core("MetricText", ["Domain"]),
    .core("FunctionInterface", ["Domain", "Ports", "Toolbox"]),
    .core("CollectedDays", ["Domain", "Ports", "Toolbox"]),
    .core("Problems", ["Domain", "Ports", "Toolbox"]),
    .core("CloudEvents", ["Domain", "Ports", "Toolbox"]),
    .core("Reports", ["CXXHash", "Domain", "JSONTape"]),
    .core("GitHub", ["Domain", "Ports", "Toolbox"]),
    .core(
        "Authorization", ["Domain", "FunctionInterface", "GitHub", "HTML", "Ports", "Toolbox"]),
]

// MARK: Adapters: one target fulfils one port, or is shared by those that do

let adapters = [
    Target.adapter("SystemClock"),
    .adapter("InMemory", ["EventLedger"]),
    .adapter("EventLedger"),
    .adapter("CurlHTTP", ["CCurl", "CZstd", "ContentMD5"]),
    .adapter("ContentMD5", ["COpenSSL"]),
    .adapter("OpenSSLCrypto", ["COpenSSL"]),
    .adapter("DurableFiles", ["CXXHash"]),
    .adapter("FileStore", ["DurableFiles"]),
    .adapter("FileBus", ["DurableFiles", "EventLedger"]),
    .adapter("Postgres", ["CPostgres"]),
    .adapter("AWS"),
    .adapter("DynamoStore", ["AWS"]),
    .adapter("SQSQueue", ["AWS"]),
    .adapter("HTTPPublisher", ["CloudEvents"]),
    .adapter("OpenMetrics", ["DurableFiles", "MetricText"]),
    .adapter("RemoteWrite", ["CSnappy"]),
    .adapter("FanOutSink"),
]

// MARK: The four functions: they see ports and GitHub, never an adapter, never each other

let functions = [
    Target.function("OnAuthorize", ["Authorization", "HTML"]),
    .function("OnAuthorizeCallback", ["Authorization", "HTML"]),
    .function("OnDailyTick", ["Authorization", "CollectedDays", "Problems"]),
    .function("OnCollectOrg", ["CollectedDays", "Problems", "Reports"]),
]

// MARK: What hosts the functions; of these only Deployment sees adapters

let hosting: [Target] = [
    .hosting("Host", ["CloudEvents", "FunctionInterface", logging]),
    .hosting("Lifecycle", [logging] + lifecycle),
    .hosting("SelfMetrics", ["CollectedDays", "MetricText", "Problems"]),
    .hosting("Worker", ["FunctionInterface", "Host", "Lifecycle", logging]),
    .hosting(
        "HTTPHost",
        [
            "Authorization", "CloudEvents", "FunctionInterface", "Host", "Lifecycle",
            "SelfMetrics", logging,
        ] + http),
    .hosting(
        "LambdaHost", ["Authorization", "FunctionInterface", "Host", "Lifecycle", logging]),
    .hosting("WorkerHost", ["FunctionInterface", "Host", "Lifecycle", "Worker", logging]),
    .hosting(
        "Deployment",
        [
            "AWS", "Authorization", "CMalloc", "CloudEvents", "CurlHTTP", "DynamoStore",
            "FanOutSink", "FileBus", "FileStore", "FunctionInterface", "GitHub", "HTTPPublisher",
            "Host", "InMemory", "OnAuthorize", "OnAuthorizeCallback", "OnCollectOrg",
            "OnDailyTick", "OpenMetrics", "OpenSSLCrypto", "Postgres", "RemoteWrite", "SQSQueue",
            "SystemClock", logging,
        ]),
    .executableTarget(
        name: "copilot-functions",
        dependencies: [
            "Deployment", "Domain", "FunctionInterface", "HTTPHost", "Host", "LambdaHost",
            "WorkerHost", arguments,
        ],
        path: "functions/Hosting/Command"),
]

// MARK: Everything around the functions on one machine

let local: [Target] = [
    // Charts know numbers and days, and nothing of this product.
    .target(name: "Charts", dependencies: ["HTML"], path: "local/Charts"),
    .local("SampleIndex"),
    .local("QueryAPI", ["SampleIndex"]),
    .local(
        "Console",
        ["Charts", "CollectedDays", "FunctionInterface", "HTML", "Runner", "SampleIndex", "Worker"]),
    // Recorded reports, as bytes of the program.
    .target(
        name: "CRecordedReports", path: "local/GitHubSimulator/Recorded", exclude: ["octodemo"]),
    .local(
        "GitHubSimulator",
        ["CRecordedReports", "ContentMD5", "HTML", "OpenSSLCrypto", logging] + http),
    .local(
        "Runner",
        [
            "Authorization", "CollectedDays", "FunctionInterface", "GitHub", "Host", "Lifecycle",
            "Problems", "Worker", logging,
        ]),
    .executableTarget(
        name: "copilot-local",
        dependencies: [
            "Authorization", "Charts", "Console", "Deployment", "Domain", "FunctionInterface",
            "GitHub",
            "GitHubSimulator", "HTTPHost", "Host", "Lifecycle", "OnDailyTick", "Ports", "Runner",
            "QueryAPI", "SampleIndex", "SelfMetrics",
            "Toolbox", "Worker", arguments, logging,
        ],
        path: "local/Command"),
]

// MARK: Tests: one suite per port run on every adapter, then one target per target

let tests: [Target] = [
    .target(
        name: "Fakes",
        dependencies: ["Domain", "FunctionInterface", "InMemory", "Ports", "Toolbox"],
        path: "Tests/Fakes"),
    .target(
        name: "TestSupport",
        dependencies: [
            "Domain", "Ports", "Toolbox",
            .product(name: "Subprocess", package: "swift-subprocess"),
        ],
        path: "Tests/Support", exclude: ["moto-server.py", "remote-write-receiver.py"]),
    .target(
        name: "InProcess",
        dependencies: [
            "Deployment", "Domain", "FunctionInterface", "GitHubSimulator", "OpenSSLCrypto",
            "Ports",
            "TestSupport", "Toolbox", logging,
        ],
        path: "Tests/InProcess"),
    .tests(
        "Conformance",
        [
            "AWS", "CurlHTTP", "DynamoStore", "FanOutSink", "FileBus", "FileStore", "OpenMetrics",
            "OpenSSLCrypto", "Postgres", "RemoteWrite", "SQSQueue",
        ]),
    .tests("DomainTests"),
    .tests("ToolboxTests"),
    .tests("CollectedDaysTests", ["CollectedDays"]),
    .tests("ProblemsTests", ["Problems"]),
    .tests("CloudEventsTests", ["CloudEvents", "HTTPPublisher"]),
    .tests("ReportsTests", ["Reports"]),
    .tests("HTMLTests", ["HTML"]),
    .tests("ChartsTests", ["Charts", "HTML"], exclude: ["Golden"]),
    .tests("SampleIndexTests", ["SampleIndex"]),
    .tests("QueryAPITests", ["CurlHTTP", "QueryAPI", "RemoteWrite", "SampleIndex"]),
    .tests(
        "ConsoleTests",
        [
            "Charts", "CollectedDays", "Console", "FunctionInterface", "OpenMetrics", "Runner",
            "SampleIndex", "Worker",
        ]),
    .tests("GitHubTests", ["GitHub", "OpenSSLCrypto"]),
    .tests("AuthorizationTests", ["Authorization", "GitHub", "OpenSSLCrypto"]),
    .tests("CurlHTTPTests", ["CurlHTTP"]),
    .tests("OpenSSLCryptoTests", ["OpenSSLCrypto"]),
    .tests("FileStoreTests", ["DurableFiles", "EventLedger", "FileBus", "FileStore"]),
    .tests("PostgresTests", ["Postgres", "SystemClock"]),
    .tests(
        "StateTests",
        [
            "Authorization", "CollectedDays", "FileBus", "FileStore", "GitHub", "OpenSSLCrypto",
            "Postgres", "Problems", "Reports", "Runner", "Worker",
        ]),
    .tests("OpenMetricsTests", ["MetricText", "OpenMetrics"]),
    .tests("RemoteWriteTests", ["CurlHTTP", "FanOutSink", "RemoteWrite", "Reports"]),
    .tests(
        "AWSTests",
        [
            "AWS", "CurlHTTP", "DynamoStore", "FunctionInterface", "Host", "LambdaHost",
            "OpenSSLCrypto", "SQSQueue",
            "Lifecycle", "Worker", logging,
        ],
        exclude: ["resign.py"]),
    .tests(
        "FunctionTests",
        [
            "Authorization", "CollectedDays", "FunctionInterface", "GitHub", "OnAuthorize",
            "OnAuthorizeCallback", "OnCollectOrg", "OnDailyTick", "OpenSSLCrypto", "Problems",
            "Reports",
        ]),
    .tests(
        "HostTests",
        [
            "Authorization", "Deployment", "FunctionInterface", "GitHub", "HTTPHost", "Host",
            "LambdaHost", "Lifecycle", "OnDailyTick", "OpenSSLCrypto", "Worker", "WorkerHost",
            logging,
        ]),
    .tests(
        "HTTPHostTests",
        [
            "Authorization", "CloudEvents", "CurlHTTP", "Deployment", "FunctionInterface",
            "HTTPHost", "Host", "OpenSSLCrypto", "SelfMetrics", "SystemClock", logging,
        ]),
    .tests("GitHubSimulatorTests", ["CurlHTTP", "GitHubSimulator", "OpenSSLCrypto"]),
    .tests(
        "RunnerTests",
        [
            "Authorization", "FunctionInterface", "GitHub", "Host", "Lifecycle", "OpenSSLCrypto",
            "Problems", "Runner", "Worker", logging,
        ]),
    .tests(
        "EndToEnd",
        [
            "CloudEvents", "CurlHTTP", "Deployment", "FileStore", "FunctionInterface",
            "GitHubSimulator", "Host", "InProcess", "Lifecycle", "OpenSSLCrypto", "Postgres",
            "Runner", "SystemClock", "Worker", logging,
        ],
        exclude: ["front.py", "lambda-models.py"]),
    .target(
        name: "Fuzzing",
        dependencies: [
            "CloudEvents", "CurlHTTP", "Deployment", "Domain", "FileBus", "GitHub", "RemoteWrite",
            "Reports", "Toolbox",
        ],
        path: "Tests/Fuzzing"),
    .tests("FuzzTests", ["Fuzzing"], exclude: ["Corpus"]),
    .tests("DocsTests", ["Deployment"]),
    .tests("InfraTests", ["Deployment"], exclude: ["checks"]),
    .tests("TidyTests"),
    .target(
        name: "CPlainLoop", path: "Tests/CPlainLoop",
        linkerSettings: [
            .linkedLibrary("simdjson"), .linkedLibrary("snappy"), .linkedLibrary("stdc++"),
        ]),
    .executableTarget(
        name: "bench",
        dependencies: [
            "CPlainLoop", "CSimdJSON", "CSnappy", "CollectedDays", "Console", "CurlHTTP", "Domain",
            "Fakes", "FileBus", "FileStore", "GitHub", "InMemory", "OnDailyTick", "OpenSSLCrypto",
            "Ports", "Postgres", "RemoteWrite", "Reports", "Runner", "SampleIndex", "SystemClock",
            "TestSupport", "Toolbox",
            arguments,
        ],
        path: "Tests/Benchmarks"),
    .executableTarget(
        name: "soak",
        dependencies: [
            "CollectedDays", "Deployment", "Domain", "Fakes", "FunctionInterface", "GitHub",
            "GitHubSimulator", "Host", "InMemory", "InProcess", "OpenSSLCrypto", "Ports", "Runner",
            "TestSupport", "Toolbox", "Worker", arguments, logging,
        ],
        path: "Tests/Soak"),
]

// libFuzzer brings the `main` of this program, and only `make fuzz` links it.
let fuzz: [Target] =
    Context.environment["FUZZ"] == nil
    ? [] : [.executableTarget(name: "fuzz", dependencies: ["Fuzzing"], path: "Tests/Fuzz")]

extension Target {
    static func core(_ name: String, _ dependencies: [Dependency] = []) -> Target {
        .target(name: name, dependencies: dependencies, path: "Sources/Core/\(name)")
    }

    static func adapter(_ name: String, _ dependencies: [Dependency] = []) -> Target {
        .target(
            name: name, dependencies: ["Domain", "Ports", "Toolbox"] + dependencies,
            path: "Sources/Adapters/\(name)")
    }

    static func function(_ name: String, _ dependencies: [Dependency]) -> Target {
        .target(
            name: name,
            dependencies: ["Domain", "FunctionInterface", "GitHub", "Ports", "Toolbox"]
                + dependencies,
            path: "functions/\(name)")
    }

    static func hosting(_ name: String, _ dependencies: [Dependency]) -> Target {
        .target(
            name: name, dependencies: ["Domain", "Ports", "Toolbox"] + dependencies,
            path: "functions/Hosting/\(name)")
    }

    static func local(_ name: String, _ dependencies: [Dependency] = []) -> Target {
        .target(
            name: name, dependencies: ["Domain", "Ports", "Toolbox"] + dependencies,
            path: "local/\(name)", exclude: name == "GitHubSimulator" ? ["Recorded"] : [])
    }

    static func tests(
        _ name: String, _ dependencies: [Dependency] = [], exclude: [String] = []
    ) -> Target {
        .testTarget(
            name: name,
            dependencies: ["Domain", "Fakes", "InMemory", "Ports", "TestSupport", "Toolbox"]
                + dependencies,
            exclude: exclude)
    }
}

// MARK: The package

let package = Package(
    name: "copilot-usage",
    products: [
        .executable(name: "copilot-functions", targets: ["copilot-functions"]),
        .executable(name: "copilot-local", targets: ["copilot-local"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
        // Without its traits it stays on FoundationEssentials: no ICU in the image.
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    ],
    targets: c + core + adapters + functions + hosting + local + tests + fuzz,
    cxxLanguageStandard: .cxx17
)

// MARK: One list of settings for every Swift target: none may be laxer than another

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335: `any` is always visible.
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409: a leaked import is a choice.
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444: members come from imports.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461: stay on the caller.
    .strictMemorySafety(),  // SE-0458: every unsafe step carries the word.
    .treatAllWarnings(as: .error),  // SE-0480
]

for target in package.targets where target.type != .system {
    target.swiftSettings = strict
}
