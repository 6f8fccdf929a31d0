/// Finds members of a large object by their names.
///
/// It holds no names, only where members are in their list, at ten bytes a member.
struct NameTable: Sendable {
  /// Half a hash, and in the lower half one more than the position of a member; zero is a free place.
  ///
  /// With the hashes here, names that differ are hardly ever looked at: in a large text each look is a cache miss.
  private var places: [UInt64]

  /// A table of the members.
  ///
  /// - Throws: `duplicateMember` when two have one name.
  init(_ members: JSONMembers) throws(JSONSyntaxError) {
    // A fifth stays free, so that what is not there is found missing after a few steps.
    places = [UInt64](repeating: 0, count: members.count + members.count / 4 + 1)
    for position in members.indices {
      let hash = members.hash(at: position)
      let place = place(of: hash) { members.haveOneName($0, position) }
      guard places[place] == 0 else {
        let member = members[position]
        throw JSONSyntaxError(.duplicateMember(member.name), at: member.nameRange.lowerBound)
      }
      places[place] = Self.mark(hash) | UInt64(truncatingIfNeeded: position + 1)
    }
  }

  /// The position of the member with this name.
  func position(of name: ExactName, in members: JSONMembers) -> Int? {
    let place = place(of: name.hash) { members.isNamed(name, at: $0) }
    return places[place] == 0 ? nil : Self.position(places[place])
  }

  /// The place of the member that is meant, or the free one where it would have to be.
  private func place(of hash: UInt, isMeant: (Int) -> Bool) -> Int {
    // The upper half chooses where to begin, so the lower one tells apart those that begin in one place.
    var place = Int(hash.multipliedFullWidth(by: UInt(places.count)).high)
    let mark = Self.mark(hash)
    while places[place] != 0 {
      if places[place] & ~0xFFFF_FFFF == mark, isMeant(Self.position(places[place])) { break }
      place = place + 1 == places.count ? 0 : place + 1
    }
    return place
  }

  private static func mark(_ hash: UInt) -> UInt64 { UInt64(truncatingIfNeeded: hash) << 32 }

  private static func position(_ place: UInt64) -> Int { Int(place & 0xFFFF_FFFF) - 1 }
}
