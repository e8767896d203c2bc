import Testing

@testable import Detection

@Suite struct RareTests {
  private struct Fields: RareFields {
    var name = ""
    var numbers: [Int] = []
    var time: Int64?
  }

  @Test func whereNothingIsSet_FieldsAreAsMostHaveThem() {
    let rare = Rare<Fields>()
    #expect(rare.isEmpty)
    #expect(rare.fields == Fields())
    #expect(MemoryLayout<Rare<Fields>>.size == MemoryLayout<Int>.size)
  }

  @Test func whatIsSet_IsThereUntilItIsSetBack() {
    var rare = Rare<Fields>()
    rare.fields.time = 7
    rare.fields.name = "name"
    rare.fields.numbers.append(3)
    #expect(rare.fields == Fields(name: "name", numbers: [3], time: 7))
    rare.fields.time = nil
    rare.fields.name = ""
    #expect(!rare.isEmpty)
    rare.fields.numbers.removeLast()
    #expect(rare.isEmpty)
  }

  /// Two that say the same are equal, however they came to it.
  @Test func settingWhatIsSoAlready_ChangesNothing() {
    var rare = Rare<Fields>()
    rare.fields.name = ""
    #expect(rare.isEmpty)
    #expect(rare == Rare())
    rare.fields.time = 1
    #expect(rare != Rare())
    rare.fields.time = nil
    #expect(rare == Rare())
  }

  @Test func copiesAreIndependent() {
    var first = Rare<Fields>()
    first.fields.name = "first"
    var second = first
    second.fields.name = "second"
    #expect(first.fields.name == "first")
    second = first
    second.fields.name = ""
    #expect(first.fields.name == "first")
    #expect(second.isEmpty)
  }

  @Test func whatThrowsOnTheWay_TakesNothingAway() {
    struct Refusal: Error {}
    func refuse(_ numbers: inout [Int]) throws {
      numbers.append(4)
      throw Refusal()
    }
    var rare = Rare<Fields>()
    rare.fields.name = "name"
    #expect(throws: Refusal.self) { try refuse(&rare.fields.numbers) }
    #expect(rare.fields == Fields(name: "name", numbers: [4]))
  }

  /// A million subjects that fall silent have notes.
  @Test func notesOfASilentSubjectAreSmall() {
    #expect(MemoryLayout<SubjectNotes>.stride <= 40)
  }
}
