import Foundation
import Testing

@testable import Listener

/// Looking for the holder of a socket, in a `/proc` of the test's own.
@Suite struct PortOwnerTests {
  /// A process file system with nothing in it but what the search reads.
  private final class Processes {
    let root: String

    init() throws {
      root = FileManager.default.temporaryDirectory.path + "/processes-\(UUID().uuidString.prefix(8))"
      for name in ["1", "self", "net", "17x"] { try make("\(root)/\(name)/fd") }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func start(
      _ pid: Int, at ticks: Int, by parent: Int = 1, name: String = "tool", holding targets: [String]
    ) throws {
      let directory = "\(root)/\(pid)"
      try? FileManager.default.removeItem(atPath: directory)
      try make(directory + "/fd")
      let fields =
        "S \(parent) 1 1 0 -1 4194304 100 0 0 0 1 2 0 0 20 0 1 0 \(ticks) 1000 200 18446744073709551615 1 1\n"
      try "\(pid) (\(name)) \(fields)".write(toFile: directory + "/stat", atomically: false, encoding: .utf8)
      for (number, target) in targets.enumerated() {
        try FileManager.default.createSymbolicLink(
          atPath: directory + "/fd/\(number)", withDestinationPath: target)
      }
    }

    private func make(_ path: String) throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
  }

  @Test func `sockets are found among other files, several at a time`() throws {
    let processes = try Processes()
    try processes.start(40, at: 500, holding: ["/dev/null", "socket:[12]", "pipe:[7]"])
    try processes.start(41, at: 501, holding: ["socket:[123]", "anon_inode:[eventpoll]", "socket:[13]"])
    var owners = PortOwners(root: processes.root)
    let found = owners.find([12, 13, 123, 7, 99])
    #expect(found.mapValues(\.description) == [12: "pid 40@500", 13: "pid 41@501", 123: "pid 41@501"])
  }

  @Test(arguments: [
    "socket:[]", "socket:[", "socket:[5", "socket:5", "[5]", "socket:[-5]", "socket:[5x]", "SOCKET:[5]",
    "socket:[4294967301]", "socket:[99999999999999999999999]", "",
  ])
  func `what is no socket is none`(_ target: String) throws {
    let processes = try Processes()
    try processes.start(40, at: 500, holding: target.isEmpty ? [] : [target])
    var owners = PortOwners(root: processes.root)
    #expect(owners.find([5]).isEmpty)
  }

  @Test(arguments: ["a) S 1 2 (b", ") ) )", "1 2 3 4 5", "(((", "x\ny"])
  func `a process may have any name`(_ name: String) throws {
    let processes = try Processes()
    try processes.start(40, at: 500, name: name, holding: ["socket:[5]"])
    var owners = PortOwners(root: processes.root)
    #expect(owners.find([5])[5] == ProcessIdentity(pid: 40, started: 500))
  }

  @Test func `a socket that was inherited is its first holder's`() throws {
    let processes = try Processes()
    try processes.start(40, at: 500, holding: ["/dev/null"])
    try processes.start(41, at: 501, by: 40, holding: ["socket:[5]"])
    try processes.start(42, at: 502, by: 41, holding: ["socket:[5]", "socket:[6]"])
    var owners = PortOwners(root: processes.root)
    #expect(
      owners.find([5, 6]) == [
        5: ProcessIdentity(pid: 41, started: 501), 6: ProcessIdentity(pid: 42, started: 502),
      ])
  }

  @Test func `a number that was given again is another process, also where it was found before`() throws {
    let processes = try Processes()
    try processes.start(40, at: 500, holding: ["socket:[5]"])
    var owners = PortOwners(root: processes.root)
    #expect(owners.find([5])[5]?.description == "pid 40@500")
    try processes.start(40, at: 900, holding: ["socket:[6]"])
    #expect(owners.find([6])[6]?.description == "pid 40@900")
    #expect(owners.find([5]).isEmpty)
  }

  @Test func `a process whose start cannot be read is known by its number`() throws {
    let processes = try Processes()
    try processes.start(40, at: 500, holding: ["socket:[5]"])
    let owners = PortOwners(root: processes.root)
    for text in [nil, "", "40", "40 (x", "40 (x) S 1 2 3", "40 (x)" + String(repeating: " y", count: 40)] {
      let path = processes.root + "/40/stat"
      try? FileManager.default.removeItem(atPath: path)
      try text?.write(toFile: path, atomically: false, encoding: .utf8)
      #expect(owners.identity(of: 40).description == "pid 40")
    }
  }

  @Test func `a search ends when it has cost enough`() throws {
    let processes = try Processes()
    for pid in 40..<60 {
      try processes.start(pid, at: pid, holding: (0..<10).map { "socket:[\(pid)\($0)]" })
    }
    // Each process costs eight and twelve descriptors, two of which are `.` and `..`.
    for (effort, reached) in [(0, false), (19 * 20, false), (20 * 20, true)] {
      var owners = PortOwners(root: processes.root, effort: effort)
      #expect((owners.find([405])[405] != nil) == reached, "\(effort)")
    }
    var owners = PortOwners(root: processes.root, effort: 20)
    #expect(owners.find([595])[595]?.pid == 59)
  }

  @Test func `where there is no process file system nobody is found`() {
    var lost = PortOwners(root: "/nowhere")
    #expect(lost.find([5]).isEmpty)
    #expect(lost.identity(of: 40).description == "pid 40")
  }

  @Test func `where a process was found before is looked first`() throws {
    let processes = try Processes()
    try processes.start(40, at: 500, holding: ["socket:[5]"])
    var owners = PortOwners(root: processes.root)
    #expect(owners.find([5])[5]?.pid == 40)
    // The youngest holder is found where nobody was found before.
    try processes.start(41, at: 501, holding: ["socket:[5]"])
    #expect(owners.find([5])[5]?.pid == 40)
    var another = PortOwners(root: processes.root)
    #expect(another.find([5])[5]?.pid == 41)
  }
}
