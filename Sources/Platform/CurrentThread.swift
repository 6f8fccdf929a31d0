import CPlatform

/// The thread that asks.
public enum CurrentThread {
  /// Tells the kernel what to call the thread; of the name, 15 bytes count.
  public static func setName(_ name: String) { _ = cplatform_name_thread(name) }
}
