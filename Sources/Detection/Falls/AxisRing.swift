import Events

/// The samples of one wearer from the oldest to the newest, as a ``FallWindow`` reads them.
///
/// Times do not fall from one sample to the next, in milliseconds since 1970.
protocol AxisRing {
  var count: Int { get }
  func time(at index: Int) -> Int64
  /// `nil` if the sample came without its axes.
  func axes(at index: Int) -> AxisSample?
}
