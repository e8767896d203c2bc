/// A place on Earth, in degrees of WGS 84, as satellite receivers give it.
public struct GeoLocation: Equatable, Hashable, Sendable {
  /// −90 … 90, north positive.
  public var latitude: Double
  /// −180 … 180, east positive.
  public var longitude: Double

  public init(latitude: Double, longitude: Double) {
    self.latitude = latitude
    self.longitude = longitude
  }
}
