import ArgumentParser
import Daemon
import Testing

@testable import Commands

@Suite struct DoctorTextTests {
  @Test func `a line for a step, and one for what to do`() {
    #expect(
      DoctorText.text(DoctorStep("trust", "it is in router.pins"))
        == "ok       trust         it is in router.pins\n")
    #expect(
      DoctorText.text(DoctorStep("connection", "nobody is there", .failed(.router, remedy: "check the port")))
        == "FAILED   connection    nobody is there\n           -> check the port\n")
    #expect(
      DoctorText.text(DoctorStep("memory", "not locked", .warned(remedy: "lift the limit")))
        == "warning  memory        not locked\n           -> lift the limit\n")
    #expect(
      DoctorText.text(DoctorStep("round trip", "no key", .skipped)) == "skipped  round trip    no key\n")
  }

  @Test func `what the router says does not steer the terminal`() {
    let step = DoctorStep("API key", "\u{1B}[2J", .failed(.permission, remedy: "\u{9B}x\n"))
    #expect(DoctorText.text(step) == "FAILED   API key       ?[2J\n           -> ?x?\n")
  }

  @Test(
    arguments: [
      (.configuration, 78), (.router, 69), (.permission, 77), (.passing, 75), (.program, 70),
    ] as [(DoctorStep.Cause, Int32)])
  func `each cause has its exit status, and only failures have one`(cause: DoctorStep.Cause, status: Int32) {
    #expect(DoctorStep("x", "x", .failed(cause, remedy: "")).exitCode == ExitCode(status))
    #expect(DoctorStep("x", "x", .warned(remedy: "")).exitCode == nil)
    #expect(DoctorStep("x", "x", .skipped).exitCode == nil)
  }
}
