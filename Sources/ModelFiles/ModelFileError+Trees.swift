import Detection

extension ModelFileError {
  /// - Parameter place: what a tree of a number is called in the file.
  init(_ fault: BoostedTrees.Fault, place: (Int) -> String) {
    let node = fault.node.map { "node \($0) " } ?? ""
    self = .damaged("\(node)\(fault.problem)", at: fault.tree.map(place) ?? "")
  }
}
