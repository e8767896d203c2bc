// swift-tools-version: 6.1
import PackageDescription

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
  name: "acalert",
  products: [
    .executable(name: "acalert", targets: ["acalert"]),
    .executable(name: "simulator", targets: ["simulator"]),

    // The rooms, for the package in Benchmarks/, which measures them one by one.
    .library(name: "Events", targets: ["Events"]),
    .library(name: "Detection", targets: ["Detection"]),
    .library(name: "ModelFiles", targets: ["ModelFiles"]),
    .library(name: "Backtesting", targets: ["Backtesting"]),
    .library(name: "Kafka", targets: ["Kafka"]),
    .library(name: "Store", targets: ["Store"]),
    .library(name: "Alerting", targets: ["Alerting"]),
    .library(name: "HTTPServer", targets: ["HTTPServer"]),
    .library(name: "Dashboard", targets: ["Dashboard"]),
    .library(name: "AcalertService", targets: ["AcalertService"]),
    .library(name: "simulation", targets: ["simulation"]),
    .library(name: "CLinux", targets: ["CLinux"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.0.0"),
  ],
  targets: [
    // C libraries, and the few C lines that Swift cannot say.
    .systemLibrary(
      name: "CRdkafka", path: "Sources/CRdkafka", pkgConfig: "rdkafka",
      providers: [.apt(["librdkafka-dev"])]),
    .systemLibrary(
      name: "CSQLite", path: "Sources/CSQLite", pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
      name: "COpenSSL", path: "Sources/COpenSSL", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CJemalloc", path: "Sources/CJemalloc", pkgConfig: "jemalloc",
      providers: [.apt(["libjemalloc-dev"])]),
    .target(name: "CAllocator", dependencies: ["CJemalloc"]),
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
    .target(name: "CLinux"),
    .target(name: "CBytes"),
    .target(name: "Threads", dependencies: ["CLinux"]),

    // The rooms, lowest first. Imports point only to targets above.
    .target(name: "Events", dependencies: ["CBytes"]),
    .target(name: "Detection", dependencies: ["CBytes", "Events"]),
    .target(
      name: "ModelFiles", dependencies: ["Detection", "COpenSSL"], exclude: ["Assets"],
      plugins: ["EmbedAssets"]),
    .target(name: "Backtesting", dependencies: ["Events", "Detection", "CZlib", "Threads"]),
    .target(name: "Kafka", dependencies: ["CRdkafka", "Threads"]),
    .target(name: "Store", dependencies: ["CSQLite", "Events", "Detection", "Threads"]),
    .target(
      name: "Alerting",
      dependencies: [
        "CCurl", "CLinux", "COpenSSL", "Events", "Detection", "Store", mustache,
      ]),
    .target(name: "HTTPServer", dependencies: ["CLinux", "Threads"]),
    .target(
      name: "Dashboard", dependencies: ["HTTPServer", "Store", "Detection", "Events"],
      exclude: ["Assets"], plugins: ["EmbedAssets"]),
    .target(name: "Observability", dependencies: [logging]),
    .target(
      name: "AcalertService",
      dependencies: [
        "CAllocator", "CLinux", "Events", "Detection", "ModelFiles", "Backtesting", "Kafka",
        "Store", "Alerting",
        "HTTPServer", "Dashboard", "Observability", "Threads", "Yams", logging,
      ]),
    .executableTarget(
      name: "acalert",
      dependencies: [
        "AcalertService", "Alerting", "Backtesting", "Detection", "Events", "ModelFiles",
        "simulation", argumentParser,
      ]),

    // The synthetic producer: the library for the demo and the tests, the program for everybody.
    .target(
      name: "simulation", dependencies: ["Kafka"], path: "simulator/simulation"),
    .executableTarget(
      name: "simulator", dependencies: ["simulation", "Kafka", argumentParser],
      path: "simulator/simulator"),

    // Writes the web page's files into a Swift file, so that the binary is whole by itself.
    .executableTarget(name: "embed-assets"),
    .plugin(name: "EmbedAssets", capability: .buildTool(), dependencies: ["embed-assets"]),

    .testTarget(
      name: "EventsTests", dependencies: ["Events"], resources: [.copy("Fixtures")]),
    .testTarget(name: "DetectionTests", dependencies: ["Detection", "Events"]),
    .testTarget(
      name: "ModelFilesTests", dependencies: ["ModelFiles", "Detection"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "BacktestingTests", dependencies: ["Backtesting", "Detection", "Events", "CZlib"]),
    .testTarget(name: "KafkaTests", dependencies: ["Kafka"]),
    .testTarget(name: "StoreTests", dependencies: ["Store", "Events", "Detection", "CSQLite"]),
    .testTarget(name: "AlertingTests", dependencies: ["Alerting", "Store", "Events", "Detection"]),
    .testTarget(name: "HTTPServerTests", dependencies: ["HTTPServer", "Threads"]),
    .testTarget(name: "DashboardTests", dependencies: ["Dashboard"]),
    .testTarget(
      name: "AcalertServiceTests",
      dependencies: [
        "AcalertService", "Alerting", "Backtesting", "CAllocator", "Dashboard", "Events",
        "Detection", "Kafka", "ModelFiles", "Store", "Threads", "Yams",
      ],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "SimulationTests", dependencies: ["simulation", "Kafka"]),
    .testTarget(
      name: "IntegrationTests",
      dependencies: [
        "AcalertService", "Alerting", "Dashboard", "Detection", "Events", "HTTPServer", "Store",
        "CRdkafka", "Kafka", "Threads", "simulation", "acalert", "simulator", logging,
      ]),
  ],
  swiftLanguageModes: [.v6]
)
