import Testing

@testable import Detection

@Suite struct SubjectTests {
  /// One line of the processor's cache, without a gap.
  @Test func aSubjectTakes64Bytes() {
    #expect(MemoryLayout<Subject>.size == 64)
    #expect(MemoryLayout<Subject>.stride == 64)
  }

  /// What shares a word does not touch each other.
  @Test(arguments: [-1, 0, 1, 1 << 32, 1 << 55, 1 << 56 - 2])
  func statesAndCause_AreKeptApart(offset: Int64) {
    var subject = Subject()
    #expect(subject.state == .unknown)
    #expect(subject.previousState == .unknown)
    #expect(subject.causeOffset == -1)
    for state in SafetyState.allCases {
      for previous in SafetyState.allCases {
        subject.state = state
        subject.causeOffset = offset
        subject.previousState = previous
        #expect(subject.state == state)
        #expect(subject.previousState == previous)
        #expect(subject.causeOffset == offset)
        subject.causeOffset = -1
        #expect(subject.causeOffset == -1)
        #expect(subject.state == state)
        #expect(subject.previousState == previous)
      }
    }
  }

  @Test func anOffsetBeyondAllPartitions_StaysAtTheEnd() {
    var subject = Subject()
    subject.state = .danger
    subject.causeOffset = .max
    #expect(subject.causeOffset == 1 << 56 - 2)
    #expect(subject.state == .danger)
  }
}
