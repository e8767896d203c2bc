import Glibc

/// ln(p / (1 − p)), the sum that stands for a probability.
enum Logit {
  /// As XGBoost computes it, in 32 bits.
  static func single(_ probability: Float) -> Float { -logf(1 / probability - 1) }
}
