import Platform
import Settings

/// What would be in force for a daemon of this user.
extension Doctor {
  var secureMemory: DoctorStep? {
    let name = "memory"
    switch memory {
    case .failure(let error):
      return DoctorStep(
        name, "privacy.secure_memory is required and cannot be had",
        .failed(.permission, remedy: error.description))
    case .success(let report):
      guard report.mode != .off else {
        return DoctorStep(
          name, "not protected", .warned(remedy: "privacy.secure_memory is off; auto protects what can be"))
      }
      let parts = [
        report.isLocked ? "locked" : "not locked",
        report.isUndumpable ? "no core dumps" : "core dumps possible",
        report.fillsFreedMemory ? "freed memory overwritten" : "freed memory kept",
      ]
      let detail = parts.joined(separator: ", ")
      return report.remedy.map { DoctorStep(name, detail, .warned(remedy: $0)) } ?? DoctorStep(name, detail)
    }
  }
}
