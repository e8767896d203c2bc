import Events

extension CameraLimits {
  static let pixels = 1...65_535
  /// No detector looks at larger images.
  private static let imageBytes = 0...(1 << 40)

  /// Reads the `limits` of a camera stream.
  init(_ node: StrictNode) throws {
    self.init()
    var limits = self
    var readers = Self.imageReaders { change in try change(&limits) }
    readers["users"] = { limits.users = try $0.items().map { try $0.id() } }
    readers["devices"] = { limits.devices = try $0.items().map { try $0.id() } }
    try node.mapping(readers)
    self = limits
  }

  /// The readers of what is asked of an image and its tags, for all cameras or for some.
  fileprivate static func imageReaders(
    _ edit: @escaping ((inout CameraLimits) throws -> Void) throws -> Void
  ) -> [String: (StrictNode) throws -> Void] {
    [
      "formats": { node in
        let formats = try node.items().map { try $0.imageFormat() }
        try edit { $0.imageFormats = formats }
      },
      "width": { node in try edit { $0.width = try node.range(in: pixels) } },
      "height": { node in try edit { $0.height = try node.range(in: pixels) } },
      "bytes": { node in try edit { $0.bytes = try node.sizeRange(in: imageBytes) } },
      "contrast": { node in
        var least: Int32?
        try node.mapping(["min": { least = try $0.share() }])
        if let least { try edit { $0.minContrast = least } }
      },
      "require": { node in
        let tags: [CameraTag] = try node.items().map { try $0.choice() }
        try edit { $0.required = Set(tags) }
      },
    ]
  }
}

extension DeviceLimits {
  /// Reads an entry of `deviceLimits`: what it does not name is as in `beginning`.
  init(_ node: StrictNode, beginning: CameraLimits) throws {
    var limits = beginning
    // Who is known at all is said once, for the stream.
    limits.users = []
    limits.devices = []
    var users: [String] = []
    var devices: [String] = []
    var readers = CameraLimits.imageReaders { change in try change(&limits) }
    readers["users"] = { users = try $0.items().map { try $0.id() } }
    readers["devices"] = { devices = try $0.items().map { try $0.id() } }
    try node.mapping(readers)
    guard !users.isEmpty || !devices.isEmpty else {
      throw node.error("names neither users nor devices: put what holds for all under limits")
    }
    self.init(users: users, devices: devices, limits: limits)
  }
}

extension StrictNode {
  fileprivate func imageFormat() throws -> String {
    let format = try nonEmptyText()
    guard format.utf8.count <= 64 else { throw error("is longer than 64 bytes") }
    return format.asciiLowercased
  }

  /// `{min, max}`, of which either may be left out.
  fileprivate func range(in bounds: ClosedRange<Int>) throws -> ClosedRange<Int> {
    try range(in: bounds) { try $0.integer(in: bounds) }
  }

  fileprivate func sizeRange(in bounds: ClosedRange<Int>) throws -> ClosedRange<Int> {
    try range(in: bounds) { node in
      let size = Int(clamping: try node.size())
      guard bounds.contains(size) else { throw node.error("is beyond 1TiB") }
      return size
    }
  }

  private func range(
    in bounds: ClosedRange<Int>, _ read: @escaping (StrictNode) throws -> Int
  ) throws -> ClosedRange<Int> {
    var least = bounds.lowerBound
    var most = bounds.upperBound
    try mapping(["min": { least = try read($0) }, "max": { most = try read($0) }])
    guard least <= most else { throw error("min is larger than max") }
    return least...most
  }
}
