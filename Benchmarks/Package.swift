// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "acalert-benchmarks",
  dependencies: [
    .package(name: "acalert", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CReferenceKafka", path: "CReferenceKafka", pkgConfig: "rdkafka",
      providers: [.apt(["librdkafka-dev"])]),
    .systemLibrary(
      name: "CBenchmarkSQLite", path: "CBenchmarkSQLite", pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"])]),
    // The limit: the same work in plain C, with the C library's allocator.
    .executableTarget(
      name: "c-reference", dependencies: ["CReferenceKafka"], path: "CReference"),
    .executableTarget(
      name: "acalert-benchmarks",
      dependencies: [
        "c-reference",
        "CBenchmarkSQLite",
        .product(name: "CLinux", package: "acalert"),
        .product(name: "Events", package: "acalert"),
        .product(name: "Detection", package: "acalert"),
        .product(name: "ModelFiles", package: "acalert"),
        .product(name: "Backtesting", package: "acalert"),
        .product(name: "Kafka", package: "acalert"),
        .product(name: "Store", package: "acalert"),
        .product(name: "Alerting", package: "acalert"),
        .product(name: "HTTPServer", package: "acalert"),
        .product(name: "Dashboard", package: "acalert"),
        .product(name: "AcalertService", package: "acalert"),
        .product(name: "simulation", package: "acalert"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "acalert-benchmarks"),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
