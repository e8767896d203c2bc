import ArgumentParser
import simulation

/// What is simulated.
enum StreamKind: String, CaseIterable, ExpressibleByArgument {
  case accelerometer, camera
  /// Recordings of devices with faults, written to a folder.
  case faults

  /// The topic that such a stream goes to, if nobody says another.
  var topic: String { self == .camera ? "camera-events" : "accelerometer" }
}

/// Options that mean something for wearers only. All are optional, to tell when one is given in vain.
struct WearerOptions: ParsableArguments {
  @Option(help: "Samples a second inside a burst; default 50.")
  var hz: Double?
  @Option(
    help:
      "Records from one anomaly to the next on average, over the whole stream; 0 for none; default 500."
  )
  var anomalyEvery: Int?
  @Option(
    help: "Share of the anomalies that are falls; the others are single outliers; default 0.5.")
  var falls: Double?
  @Option(help: "Share of the wearers whose records say where they are; default 0.")
  var placed: Double?

  func apply(to population: inout PopulationConfiguration) {
    population.hertz = hz ?? population.hertz
    population.anomalyEvery = anomalyEvery ?? 500
    population.falls = falls ?? population.falls
    population.placed = placed ?? population.placed
  }

  func refuse() throws {
    guard hz == nil, anomalyEvery == nil, falls == nil, placed == nil else {
      throw ValidationError(
        "--hz, --anomaly-every, --falls and --placed are for --stream accelerometer")
    }
  }
}

/// Options that mean something for cameras only.
struct CameraOptions: ParsableArguments {
  @Option(help: "Cameras of each user: door, yard, dock, hall, door-2, …; default 2.")
  var cameras: Int?
  @Option(help: "How much comes by, relative to an ordinary day; default 1.")
  var activity: Double?
  @Option(help: "How often the detector sees what is not there, likewise; default 1.")
  var noise: Double?
  @Option(help: "How often a day a camera's lens is covered for a while; default 0.5.")
  var voids: Double?
  @Option(help: "Share of records that say wrongly whose they are, or where; default 0.")
  var badTags: Double?

  func apply(to population: inout CameraPopulationConfiguration) {
    population.cameras = cameras ?? population.cameras
    population.activity = activity ?? population.activity
    population.noise = noise ?? population.noise
    population.voids = voids ?? population.voids
    population.badTags = badTags ?? population.badTags
  }

  func refuse() throws {
    guard cameras == nil, activity == nil, noise == nil, voids == nil, badTags == nil else {
      throw ValidationError(
        "--cameras, --activity, --noise, --voids and --bad-tags are for --stream camera")
    }
  }
}

/// Options that mean something for recordings of devices with faults only.
struct FaultOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What goes wrong: \(FaultKind.allCases.map(\.rawValue).joined(separator: ", "))."))
  var fault: FaultKind?

  func refuse() throws {
    guard fault == nil else { throw ValidationError("--fault is for --stream faults") }
  }
}

extension FaultKind: ExpressibleByArgument {}
