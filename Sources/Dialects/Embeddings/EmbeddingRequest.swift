/// A request for embeddings that was understood, in the form in which the embedder gets it.
public struct EmbeddingRequest: Sendable {
  /// OpenAI's JSON object.
  public let body: [UInt8]
  /// The embedder's name for the model.
  ///
  /// `models.aliases` has no part in it: those stand for names of the router's.
  public let model: String
  /// How many embeddings there have to be.
  let inputCount: Int
  /// Whether each is to be base64 of little-endian 32-bit floats instead of a list of numbers.
  let wantsBase64: Bool
}
