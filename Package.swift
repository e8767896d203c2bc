// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "acalert",
  targets: [
    .systemLibrary(
      name: "CSQLite", path: "Sources/CSQLite", pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "CLinux"),
    .target(name: "HTTPServer", dependencies: ["CLinux"]),
    .target(name: "Events"),
    .target(name: "Detection", dependencies: ["Events"]),
    .target(name: "Store", dependencies: ["CSQLite", "Events", "Detection"]),
    .testTarget(name: "HTTPServerTests", dependencies: ["HTTPServer"]),
    .testTarget(name: "EventsTests", dependencies: ["Events"]),
    .testTarget(name: "DetectionTests", dependencies: ["Detection", "Events"]),
    .testTarget(name: "StoreTests", dependencies: ["Store", "Events", "Detection", "CSQLite"]),
  ],
  swiftLanguageModes: [.v6]
)
