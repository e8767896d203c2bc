import Backtesting
import Foundation
import Testing
import Yams

@testable import AcalertService

struct TuningOverlayTests {
  private static let set = ParameterSet([
    .init("zscore.k", "5.5"), .init("zscore.minStd", "0.25"), .init("status.raise.count", "2"),
    .init("window.length", "20s"),
  ])

  /// What the parameters of `set` make of a configuration.
  private static func expected(_ configuration: Configuration, _ stream: Int) -> Configuration {
    var configuration = configuration
    configuration.streams[stream].rules.zscore.thousandthsOfK = 5_500
    configuration.streams[stream].rules.zscore.minStd = 250_000
    configuration.streams[stream].rules.status.raiseCount = 2
    configuration.streams[stream].rules.window.length = 20_000
    return configuration
  }

  /// Configurations written in every way.
  private static let texts = [
    "", "# nothing\n", "log: {level: debug}", "log:\n  level: debug\n",
    "streams: [{name: a, topics: a}]",
    "streams:\n  - name: a\n    topics: [a]",
    "streams:\n- name: a\n  topics: [a]\n  zscore:\n    # Why\n    k: 3 # three\n    minStd: '0.5'\n",
    "streams:\n  - {name: a, topics: [a], zscore: {k: \"3\"}, status: {raise: {within: 2s}}}\n",
    "streams:\n  - zscore:\n    name: a\n    topics: [a]\n    status: {raise: {}}\n",
    "streams:\n  - name: \"ä 😀\"\n    topics: [a]\n    # ä 😀\n    window: {maxSamples: 100}\n",
    """
    store: {folder: "/tmp/ä: #"}
    streams:
      - topics:
          - a
        zscore: &z
          k: 7
        name: one

      - name: two
        topics: [b]
        kind: other
        zscore: *z
    kafka:
      properties: {client.rack: "x, y"}
    """,
  ]

  @Test(arguments: texts)
  func allElseIsLeftAsItIs(text: String) throws {
    let before = try Configuration(text: text, file: "/etc/acalert/t.yaml")
    let overlay = try ConfigurationOverlay(text: text, file: "/etc/acalert/t.yaml")
    #expect(try overlay.configuration(with: ParameterSet()) == before)
    let wanted = Self.expected(before, 0)
    #expect(try overlay.configuration(with: Self.set) == wanted)
    for target in ["/etc/acalert/tuned.yaml", "/tmp/tuned.yaml"] {
      let tuned = try overlay.text(with: Self.set, for: target)
      #expect(try Configuration(text: tuned, file: target) == wanted, "\(tuned)")
    }
  }

  @Test func theStreamNamedIsTheOneTuned() throws {
    let text = """
      streams:
        - {name: one, topics: a}
        - {name: two, topics: b, kind: other}
      """
    let overlay = try ConfigurationOverlay(text: text, file: "t", stream: "two")
    let before = try Configuration(text: text, file: "t")
    #expect(try overlay.configuration(with: Self.set) == Self.expected(before, 1))
    #expect(throws: ConfigurationError.self) {
      try ConfigurationOverlay(text: text, file: "t", stream: "three")
    }
  }

  @Test func commentsOfTheShippedConfigurationStay() throws {
    let text = try Repository.text("config/acalert.yaml")
    let overlay = try ConfigurationOverlay(text: text, file: "config/acalert.yaml")
    let tuned = try overlay.text(with: Self.set, for: "config/tuned.yaml")
    let before = text.split(separator: "\n", omittingEmptySubsequences: false)
    let after = tuned.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(before.count == after.count)
    #expect(
      zip(before, after).filter { $0 != $1 }.map { $1.trimmingCharacters(in: .whitespaces) } == [
        "length: 20s", "k: 5.5", "minStd: 0.25", "count: 2",
      ])
  }

  @Test func newKeysComeAmongTheOldOnesWithTheirComments() throws {
    let text = """
      # Mine
      streams:
        - name: a
          # They come from here.
          topics: [a]
          status:
            # Soon
            clear: {after: 5s}
      """
    let overlay = try ConfigurationOverlay(text: text, file: "t")
    #expect(
      try overlay.text(
        with: ParameterSet([.init("zscore.k", "3"), .init("status.raise.count", "2")]), for: "u")
          == """
          # Mine
          streams:
            - name: a
              # They come from here.
              topics: [a]
              zscore: {k: 3}
              status:
                raise: {count: 2}
                # Soon
                clear: {after: 5s}
          """)
  }

  @Test(
    arguments: [
      (
        "zscore.kk", "1",
        "zscore.kk = 1: streams[0].zscore: unknown key \"kk\"; did you mean \"k\"?"
      ),
      ("zcore.k", "1", "unknown key \"zcore\"; did you mean \"zscore\"?"),
      ("zscore.k", "many", "streams[0].zscore.k: \"many\" is not a number"),
      ("zscore.k", "-1", "zscore.k"),
      ("zscore", "1", "streams[0].zscore: cannot be set: it is not a single value"),
      ("zscore.k.l", "1", "streams[0].zscore.k.l: cannot be set"),
      ("overrides[3].zscore.k", "1", "streams[0].overrides[3].zscore.k: cannot be set"),
      ("not a path", "1", "\"not a path\" is no path"),
    ])
  func whatCannotBeSetIsSaidWithItsPath(path: String, value: String, message: String) throws {
    let overlay = try ConfigurationOverlay(
      text: "streams: [{name: a, topics: a, zscore: {k: 3}}]", file: "t")
    let error = #expect(throws: ConfigurationError.self) {
      try overlay.configuration(with: ParameterSet([.init(path, value)]))
    }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }

  @Test func camerasAreNotTuned() {
    let text = "streams: [{name: c, topics: c, type: camera}]"
    #expect(throws: ConfigurationError.self) { try ConfigurationOverlay(text: text, file: "t") }
    #expect(throws: ConfigurationError.self) {
      try ConfigurationOverlay(text: text, file: "t", stream: "c")
    }
  }

  @Test func pathsOfFilesLeadToTheSamePlaceFromAnotherFolder() throws {
    let text = """
      streams:
        - {name: a, topics: a}
        - {name: c, topics: c, type: camera, kind: cam, rules: ../my/rules.yaml}
      alerts:
        file: alerts.yaml # told
      """
    let overlay = try ConfigurationOverlay(text: text, file: "/etc/acalert/config/main.yaml")
    let near = try overlay.text(with: Self.set, for: "/etc/acalert/config/tuned.yaml")
    #expect(near.contains("rules: ../my/rules.yaml"))
    let far = try overlay.text(with: Self.set, for: "/home/tuned.yaml")
    #expect(far.contains("file: /etc/acalert/config/alerts.yaml # told"))
    let moved = try Configuration(text: far, file: "/home/tuned.yaml")
    #expect(moved.streams[1].camera?.rulesFile == "/etc/acalert/my/rules.yaml")
    #expect(moved.alerts.file == "/etc/acalert/config/alerts.yaml")
  }

  @Test func wordsForModelsAreNoPaths() throws {
    let node = try #require(
      try Yams.compose(
        yaml: """
          streams:
            - falls: {model: {file: standard}, early: {file: none}, shadow: {file: new.json}}
              overrides: [{falls: {model: {file: ../old.json}}}]
              fields: {site: rules}
            - rules: /etc/rules.yaml
          alerts: {file: standard}
          """))
    #expect(
      ConfigurationOverlay.relativePaths(in: node).map { "\($0.path) \($0.text)" } == [
        "streams[0].falls.shadow.file new.json",
        "streams[0].overrides[0].falls.model.file ../old.json", "alerts.file standard",
      ])
  }

  @Test func textIsEditedInPlaceWhereItCanBe() {
    func edited(_ text: String, _ path: String, _ value: String) -> String? {
      guard let path = YAMLPath(path) else { return nil }
      var result = YAMLText(text)
      return result.apply(YAMLEdit(path: path, value: value)) ? result.text : nil
    }
    #expect(edited("a: {b: 1} # c", "a.b", "2") == "a: {b: 2} # c")
    #expect(edited("a: {b: 1}", "a.c", "2") == "a: {c: 2, b: 1}")
    #expect(edited("- a: 1\n", "a", "2") == nil)
    #expect(edited("x: [{a: 1}]", "x[0].b.c", "/d e") == "x: [{b: {c: \"/d e\"}, a: 1}]")
    #expect(edited("x:\n  - a: 'é' # é\n", "x[0].a", "b") == "x:\n  - a: b # é\n")
    #expect(edited("x:\n  - a: 1\n", "x[0].b", "2") == "x:\n  - b: 2\n    a: 1\n")
    #expect(edited("x: {}", "x.a", "2") == "x: {a: 2}")
    #expect(edited("x: |\n  a\n", "x", "2") == nil)
    #expect(edited("x: 'it''s'\n", "x", "2") == nil)
    #expect(edited("x:\n", "x.a", "2") == nil)
  }
}
