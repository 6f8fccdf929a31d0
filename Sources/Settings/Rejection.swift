/// Why a value is not taken.
struct Rejection: Error {
  let problem: String
  /// Where in the value the fault is, when it is not the whole: `["[0]", "model"]`.
  private(set) var path: [String] = []
  /// What is allowed there; nil: what is allowed for the key.
  private(set) var allowed: String?

  init(problem: String) { self.problem = problem }

  /// The same fault of a value that is part of another.
  func at(_ path: [String], allowed: String) -> Rejection {
    var rejection = self
    rejection.path = path + self.path
    rejection.allowed = self.allowed ?? allowed
    return rejection
  }

  /// A key's name with the path below it: `chatbots[0].model`.
  func place(in key: String) -> String {
    path.reduce(key) { $1.hasPrefix("[") ? $0 + $1 : "\($0).\($1.asKey)" }
  }
}

/// All that is wrong with one value, never empty.
struct Rejections: Error {
  let all: [Rejection]

  init(_ all: [Rejection]) { self.all = all }

  init(_ one: Rejection) { all = [one] }
}
