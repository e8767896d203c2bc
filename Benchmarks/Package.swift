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
    .executableTarget(
      name: "acalert-benchmarks",
      dependencies: [
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
      path: "acalert-benchmarks")
  ],
  swiftLanguageModes: [.v6]
)
