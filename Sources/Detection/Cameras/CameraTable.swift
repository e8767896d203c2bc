/// The cameras that are being watched, by their subject's index, in pages: wearers' indices between them
/// cost a word for each page.
struct CameraTable {
  private static let shift = 8
  private var pages: [[Camera?]?] = []

  subscript(index: UInt32) -> Camera? {
    @inline(__always)
    get {
      let page = Int(index) >> Self.shift
      guard page < pages.count else { return nil }
      return pages[page]?[Int(index) & (1 << Self.shift - 1)]
    }
    set {
      let page = Int(index) >> Self.shift
      if page >= pages.count {
        if newValue == nil { return }
        pages.append(contentsOf: repeatElement(nil, count: page + 1 - pages.count))
      }
      if pages[page] == nil {
        if newValue == nil { return }
        pages[page] = Array(repeating: nil, count: 1 << Self.shift)
      }
      pages[page]?[Int(index) & (1 << Self.shift - 1)] = newValue
    }
  }
}
