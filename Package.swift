// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "acalert",
  targets: [
    .target(name: "Events"),
    .target(name: "Detection", dependencies: ["Events"]),
    .testTarget(name: "EventsTests", dependencies: ["Events"]),
    .testTarget(name: "DetectionTests", dependencies: ["Detection", "Events"]),
  ],
  swiftLanguageModes: [.v6]
)
