import AcalertService
import ArgumentParser
import Foundation
import Kafka
import simulation

/// `acalert demo`: everything in one process, to look at.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Runs everything at once: a broker, wearers, cameras, the service and the dashboard.",
    discussion: """
      Starts an embedded broker, the service, and a simulator with wearers that rest, walk and run, \
      and now and then fall, and with cameras past which people and animals walk. Open the address \
      that it prints. Ctrl-C stops it.

      The database stays in the folder named by --data; the next demo goes on from there.
      """)

  @Option(help: "Where the dashboard listens, as ADDRESS:PORT.")
  var http = "127.0.0.1:8080"

  @Option(help: "The folder of the database.")
  var data = "data/demo"

  @Option(help: "Number of wearers.")
  var users = 2000

  @Option(help: "Records a second from each wearer.")
  var rate = 1.0

  @Option(help: "One anomaly (a fall, or a single odd sample) in so many records.")
  var anomalyEvery = 5000

  @Option(help: "Samples a second within a record; falls are told from 15 on.")
  var hz = 50.0

  @Option(help: "Number of households with two cameras each; 0 for none.")
  var cameras = 20

  @Option(help: "Tell people of alerts as this file says (docs/ALERTS.md).")
  var alerts: String?

  @Option(help: "Stop by itself after so many seconds.")
  var duration: Int?

  func validate() throws {
    guard users > 0, users <= 1_000_000 else {
      throw ValidationError("--users must be 1 to 1000000")
    }
    guard (0...10_000).contains(cameras) else {
      throw ValidationError("--cameras must be 0 to 10000")
    }
    guard rate > 0, rate <= 1000 else {
      throw ValidationError("--rate must be above 0, at most 1000")
    }
  }

  func run() throws {
    // Warnings only: what goes well is on the progress line.
    startLogging(.warning)
    let stop = StopSignal()
    let demo = try makeDemo()
    defer { demo.stop() }
    let shown = demo.service.url
    print(
      """
      acalert demo: \(users) wearers, \(Int(Double(users) * rate)) records a second; \
      \(2 * cameras) cameras
        dashboard  \(shown)   who is in danger, live; click on a row for its trace
        reports    \(shown)/reports   what the cameras saw today
        rows       sqlite3 \(demo.service.databasePath) "select * from status where state = 'danger'"
        events     curl -N \(shown)/events
        send too   kcat -P -b \(demo.brokers) -t \(Demo.topic)   (or \(Demo.cameraTopic))
      Ctrl-C stops it; the data stays in \(data).
      """)
    fflush(nil)
    let line = ProgressLine()
    let begin = Date()
    var hasBegun = false
    while !stop.wait(seconds: hasBegun ? 0.5 : 0.1) {
      if !hasBegun {
        // An embedded broker takes three seconds to let the first member into a group.
        hasBegun = demo.beginIfReady()
        line.show("waiting for the broker …")
        continue
      }
      if let failure = demo.service.failure {
        line.end()
        complain("\(failure)")
        throw ExitCode.failure
      }
      line.show(demo.progress(since: begin))
      if let duration, Date().timeIntervalSince(begin) >= Double(duration) { break }
    }
    line.end()
    print("stopping …")
  }

  private func makeDemo() throws -> Demo {
    var population = PopulationConfiguration(
      startTime: Int64(Date().timeIntervalSince1970 * 1000))
    population.users = users
    population.rate = rate
    population.hertz = hz
    population.format = .burst
    population.anomalyEvery = anomalyEvery
    population.placed = 0.1
    population.seed = UInt64(population.startTime)
    var scenes = CameraPopulationConfiguration(startTime: population.startTime)
    scenes.users = cameras
    // A day's events within an hour: a demo is short.
    scenes.activity = 24
    scenes.voids = 12
    scenes.seed = population.seed
    do {
      return try Demo(
        population: population, cameras: cameras > 0 ? scenes : nil,
        http: try HTTPSettings().listening(on: http), folder: data, alerts: alerts)
    } catch let error as ValidationError {
      throw error
    } catch {
      complain("\(error)")
      throw ExitCodes.unavailable
    }
  }
}
