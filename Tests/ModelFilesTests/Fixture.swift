import Detection
import Foundation
import ModelFiles
import Testing

/// A model file made by Python, rows of values, and the probabilities that Python found for them. See
/// Fixtures/make.py.
struct Fixture {
  static let xgboost = [
    "xgboost-1.4.json", "xgboost-1.7.json", "xgboost-2.1.json", "xgboost-3.2.json",
    "xgboost-3.2-dart.json",
  ]
  static let lightGBM = [
    "lightgbm-3.3.txt", "lightgbm-4.6.txt", "lightgbm-4.6-zeros.txt", "lightgbm-4.6-forest.txt",
    "lightgbm-4.6-dart.txt",
  ]
  static let all = xgboost + lightGBM + ["linear.json"]

  let bytes: [UInt8]
  let model: Model
  let rows: [[Double]]
  let probabilities: [Double]

  init(_ name: String) throws {
    try self.init(bytes: try Self.bytes(name), name: name) { try Self.bytes("\($0).rows.json") }
  }

  /// - Parameter answers: the bytes of the file of rows, by the model's name without its ending.
  init(bytes: [UInt8], name: String, answers: (String) throws -> [UInt8]) throws {
    self.bytes = bytes
    model = try Model(file: bytes, name: name)
    let stem = name.split(separator: ".").dropLast().joined(separator: ".")
    let read = try JSONDecoder().decode(Answers.self, from: Data(try answers(stem)))
    rows = read.rows.map { $0.map { $0 ?? .nan } }
    probabilities = read.probabilities
  }

  /// `null` stands for NaN.
  struct Answers: Decodable {
    let rows: [[Double?]]
    let probabilities: [Double]
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    let folder = try #require(Bundle.module.resourceURL)
    return Array(try Data(contentsOf: folder.appendingPathComponent("Fixtures/\(name)")))
  }

  static func text(_ name: String) throws -> String {
    String(decoding: try bytes(name), as: UTF8.self)
  }
}

extension Model {
  func probability(_ values: [Double]) -> Double {
    values.withUnsafeBufferPointer { probability($0) }
  }

  /// The largest difference to what is expected.
  func deviation(rows: [[Double]], from expected: [Double]) -> Double {
    zip(rows, expected).map { abs(probability($0) - $1) }.max() ?? .infinity
  }
}

/// Why a text is no model; `nil` if it is one.
func fault(_ text: String) -> ModelFileError? { fault(Array(text.utf8)) }

func fault(_ bytes: [UInt8]) -> ModelFileError? {
  do throws(ModelFileError) {
    _ = try Model(file: bytes, name: "m")
    return nil
  } catch {
    return error
  }
}
