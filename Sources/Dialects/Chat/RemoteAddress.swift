import JSONText

/// Members that hold addresses which the router's host, or one behind it, would open.
///
/// That happens in the clear and outside of the sealed exchange, whatever the address is of.
/// Such members are told by their names, however those are spelled.
enum RemoteAddress {
  /// What an object is, and so which of its members would be followed.
  enum Holder {
    /// A part of a content, or a tool: there is nothing of which it is known that nobody opens it.
    case part
    /// A message, which clients keep notes of their own in.
    case message
    /// The request, of which every service takes members of its own.
    case request
  }

  /// Refuses members that name an address, unless the policy lets addresses pass.
  ///
  /// - Parameter known: Members that are checked elsewhere.
  static func refuse(
    in members: RequestMembers, of holder: Holder = .part, except known: Set<String> = [],
    under policy: RequestPolicy
  ) throws(APIFault) {
    guard policy.remoteImages == .refuse else { return }
    for member in members.object.members where isNamed(by: member.name, in: holder) {
      guard !known.contains(member.name), holdsSomething(member.value) else { continue }
      throw members.unsupported(
        ForeignText(member.name).text,
        "what it points at would be fetched in the clear, outside of the sealed exchange. Leave it out; an image is "
          + "sent as a part of type image_url with a data: address. compat.remote_images = \"pass\" passes it on."
      )
    }
  }

  private static func isNamed(by name: String, in holder: Holder) -> Bool {
    // Nearly all names that are met.
    switch name {
    case "role", "content", "type", "text", "name", "tool_calls", "tool_call_id": return false
    default: break
    }
    let plain = String(name.lowercased().filter { $0 != "_" && $0 != "-" })
    switch holder {
    case .part: return media.contains(plain) || endings.contains { plain.hasSuffix($0) }
    case .message: return media.contains(plain)
    case .request: return media.contains(plain) || services.contains(plain)
    }
  }

  /// What servers, and templates of models that see or hear, look for in a message.
  private static let media: Set<String> = [
    "url", "urls", "uri", "uris", "image", "images", "imageurl", "imageurls", "imageuri", "video", "videos",
    "videourl", "videourls", "videouri", "audiourl", "audiourls", "audiouri", "file", "files", "fileurl",
    "fileurls", "fileuri", "documenturl", "mediaurl", "attachment", "attachments",
  ]
  /// What a gateway would connect to, or send to.
  private static let services: Set<String> = [
    "mcpservers", "webhook", "webhooks", "webhookurl", "callbackurl", "apibase", "serverurl",
  ]
  private static let endings = ["url", "urls", "uri", "uris"]

  /// Null and what is empty stand for "not set", and neither a number nor a flag is an address.
  private static func holdsSomething(_ value: JSONValue) -> Bool {
    if let content = value.stringContent { return !content.isEmpty }
    if let elements = value.lazyElements { return !elements.isEmpty }
    guard value.kind == .object else { return false }
    return (try? value.object())?.members.isEmpty != true
  }
}
