import Glibc

/// Boosted decision trees that tell two classes apart: p = 1 / (1 + e^(−steepness · s)), where s is the sum
/// of a base and of the value of the leaf that each tree leads to.
///
/// The trees lie flat in one array, the children of a split side by side, and a leaf leads to itself: so a
/// tree of depth d is always walked in d steps without a branch that depends on the values.
public struct BoostedTrees: Sendable {
  /// How numbers are rounded, by which the makers of trees differ.
  public enum Arithmetic: Sendable {
    /// Values, sum and probability are 32 bits wide: XGBoost.
    case single
    /// 64 bits: LightGBM.
    case double
  }

  /// Where a split sends a value that is missing, NaN.
  public enum Missing: Equatable, Sendable {
    case left, right
    /// Where it would send 0.
    case asZero
    /// And with it zeros, that is, all within ``zero``.
    case leftWithZeros, rightWithZeros
  }

  /// A node of a tree as its maker describes it. Children are indices of nodes of the same tree; a value up
  /// to and including the threshold goes left.
  public enum Node: Equatable, Sendable {
    case split(feature: Int, threshold: Double, missing: Missing, left: Int, right: Int)
    case leaf(Double)
  }

  /// Why trees cannot be used.
  public struct Fault: Error, Equatable, Sendable {
    /// Which tree, counted from 0; `nil`: all together.
    public var tree: Int?
    public var node: Int?
    public var problem: String
  }

  /// LightGBM's `kZeroThreshold`, 1e-35 as a 32-bit number: what is no farther from 0 is 0 to splits that
  /// take zeros as missing.
  public static let zero = Double(Float(1e-35))
  /// Nodes of all trees together.
  public static let maxNodes = 1_000_000
  /// Splits on the way to a leaf.
  public static let maxDepth = 512

  /// A node as it is walked.
  struct Step: Sendable {
    /// Greater values go right. A leaf has infinity.
    var threshold: Double
    /// Where the value lies: the feature's place, or behind the features that of one whose zeros are missing.
    var slot: UInt32
    /// The place of the left child, behind which the right one lies, doubled; and 1 if missing values go
    /// right. A leaf has itself as its left child.
    var next: UInt32
  }

  /// A tree's first step, and the steps from it to the deepest leaf.
  struct Tree: Sendable {
    var root: UInt32
    var depth: Int32
    /// The depth of the deepest of this tree and the seven behind it.
    var depthOfEight: Int32 = 0
  }

  public let featureCount: Int
  public var treeCount: Int { trees.count }
  let trees: [Tree]
  let steps: [Step]
  /// By the place of a step: what its leaf adds to the sum.
  let leaves: [Double]
  /// The features that are there a second time, with NaN for zeros.
  let zeroless: [Int]
  let arithmetic: Arithmetic
  let base: Double
  let steepness: Double

  /// - Parameter values: one per feature, no fewer; NaN where one is missing.
  func probability(_ values: UnsafeBufferPointer<Double>) -> Double {
    if arithmetic == .double && zeroless.isEmpty {
      return 1 / (1 + exp(-steepness * sum(values)))
    }
    return withUnsafeTemporaryAllocation(
      of: Double.self, capacity: featureCount + zeroless.count
    ) { slots in
      for place in 0..<featureCount {
        let value = values[place]
        slots.initializeElement(
          at: place, to: arithmetic == .single ? Double(Float(value)) : value)
      }
      for (place, feature) in zeroless.enumerated() {
        let value = slots[feature]
        slots.initializeElement(
          at: featureCount + place, to: abs(value) <= Self.zero ? .nan : value)
      }
      let slots = UnsafeBufferPointer(slots)
      switch arithmetic {
      case .double: return 1 / (1 + exp(-steepness * sum(slots)))
      case .single:
        let sum = Float(steepness) * singleSum(slots)
        // XGBoost's bound, beyond which e^x is no 32-bit number.
        return Double(1 / (1 + expf(min(-sum, 88.7))))
      }
    }
  }

  private func sum(_ slots: UnsafeBufferPointer<Double>) -> Double {
    var sum = base
    eachLeaf(slots) { sum += $0 }
    return sum
  }

  private func singleSum(_ slots: UnsafeBufferPointer<Double>) -> Float {
    var sum = Float(base)
    eachLeaf(slots) { sum += Float($0) }
    return sum
  }

  /// Adds up in the order of the trees, of which eight are walked at a time: the processor waits for the
  /// steps of one while it takes those of the others.
  ///
  /// Bounds need no checks: the initialiser has made sure that every slot and every place is there.
  @inline(__always)
  private func eachLeaf(_ slots: UnsafeBufferPointer<Double>, _ add: (Double) -> Void) {
    steps.withUnsafeBufferPointer { steps in
      leaves.withUnsafeBufferPointer { leaves in
        trees.withUnsafeBufferPointer { trees in
          guard let steps = steps.baseAddress, let leaves = leaves.baseAddress,
            let slots = slots.baseAddress
          else { return }
          var next = 0
          while next + 8 <= trees.count {
            var a = trees[next].root
            var b = trees[next + 1].root
            var c = trees[next + 2].root
            var d = trees[next + 3].root
            var e = trees[next + 4].root
            var f = trees[next + 5].root
            var g = trees[next + 6].root
            var h = trees[next + 7].root
            for _ in 0..<trees[next].depthOfEight {
              a = Self.step(steps, slots, a)
              b = Self.step(steps, slots, b)
              c = Self.step(steps, slots, c)
              d = Self.step(steps, slots, d)
              e = Self.step(steps, slots, e)
              f = Self.step(steps, slots, f)
              g = Self.step(steps, slots, g)
              h = Self.step(steps, slots, h)
            }
            add(leaves[Int(a)])
            add(leaves[Int(b)])
            add(leaves[Int(c)])
            add(leaves[Int(d)])
            add(leaves[Int(e)])
            add(leaves[Int(f)])
            add(leaves[Int(g)])
            add(leaves[Int(h)])
            next += 8
          }
          while next < trees.count {
            var place = trees[next].root
            for _ in 0..<trees[next].depth { place = Self.step(steps, slots, place) }
            add(leaves[Int(place)])
            next += 1
          }
        }
      }
    }
  }

  @inline(__always)
  private static func step(
    _ steps: UnsafePointer<Step>, _ slots: UnsafePointer<Double>, _ place: UInt32
  ) -> UInt32 {
    let step = steps[Int(place)]
    let value = slots[Int(step.slot)]
    let isRight: UInt32 = (value > step.threshold ? 1 : 0) | (value.isNaN ? step.next & 1 : 0)
    return step.next >> 1 &+ isRight
  }
}
