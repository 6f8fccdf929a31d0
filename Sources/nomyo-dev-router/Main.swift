import ArgumentParser
import DevRouter

@main
struct Main {
  static func main() async { await DevRouterCommand.main() }
}
