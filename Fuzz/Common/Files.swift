import Glibc

/// The bytes of a file of the repository; fuzzers run at its root.
func repositoryFile(_ path: String) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  require(descriptor >= 0, "no \(path)")
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: 1 << 20)
  let count = read(descriptor, &bytes, bytes.count)
  require(count > 0 && count < bytes.count, "cannot read \(path)")
  return Array(bytes.prefix(count))
}
