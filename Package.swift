// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "acalert",
  targets: [
    .target(name: "Events"),
    .testTarget(name: "EventsTests", dependencies: ["Events"]),
  ],
  swiftLanguageModes: [.v6]
)
