import CPlatform
import Glibc

/// The thread that asks.
public enum CurrentThread {
  /// Tells the kernel what to call the thread; of the name, 15 bytes count.
  public static func setName(_ name: String) { _ = cplatform_name_thread(name) }

  /// `SCHED_IDLE` of sched(7), which Glibc's headers show only with GNU extensions.
  private static let idlePolicy: Int32 = 5

  /// From now on the thread runs only when hardly any other wants to.
  ///
  /// There is no way back without privileges (sched_setscheduler(2)).
  ///
  /// - Returns: Whether the system agreed. If not, the thread is at least made as nice as it can be.
  @discardableResult
  public static func yieldToAllOthers() -> Bool {
    var parameters = sched_param(sched_priority: 0)
    // Process 0 is the calling thread, to both calls: Linux gives each thread a priority of its own.
    if sched_setscheduler(0, idlePolicy, &parameters) == 0 { return true }
    _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, 19)
    return false
  }

  /// Whether `yieldToAllOthers` is in force.
  public static var yieldsToAllOthers: Bool { sched_getscheduler(0) == idlePolicy }
}
