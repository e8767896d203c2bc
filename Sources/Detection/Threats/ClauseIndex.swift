/// Assignments or exemptions, by the cameras that they are for.
///
/// Each is filed under its most telling list of patterns (users, else devices, else sites); a look-up
/// tests only what is filed under patterns that fit the camera.
struct ClauseIndex {
  private struct Clause {
    var users: [Int32]
    var devices: [Int32]
    var sites: [Int32]
  }

  private var clauses: [Clause] = []
  private var users = PatternIndex()
  private var devices = PatternIndex()
  private var sites = PatternIndex()
  private var byUser: [[Int32]] = []
  private var byDevice: [[Int32]] = []
  private var bySite: [[Int32]] = []
  private var always: [Int32] = []

  /// Adds the next clause; an empty list fits anything.
  mutating func add(users: [String], devices: [String], sites: [String]) {
    let number = Int32(clauses.count)
    let clause = Clause(
      users: users.map { self.users.add($0) },
      devices: devices.map { self.devices.add($0) }.sorted(),
      sites: sites.map { self.sites.add($0) }.sorted())
    clauses.append(clause)
    if !clause.users.isEmpty {
      Self.file(number, under: clause.users, in: &byUser)
    } else if !clause.devices.isEmpty {
      Self.file(number, under: clause.devices, in: &byDevice)
    } else if !clause.sites.isEmpty {
      Self.file(number, under: clause.sites, in: &bySite)
    } else {
      always.append(number)
    }
  }

  private static func file(_ clause: Int32, under patterns: [Int32], in drawer: inout [[Int32]]) {
    for pattern in patterns {
      while drawer.count <= Int(pattern) { drawer.append([]) }
      drawer[Int(pattern)].append(clause)
    }
  }

  /// The clauses all of whose lists fit. In no order; one may come twice.
  mutating func find(
    user: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer, site: UnsafeRawBufferPointer
  ) -> [Int32] {
    if clauses.isEmpty { return [] }
    let fittingUsers = users.find(user)
    let fittingDevices = devices.find(device)
    let fittingSites = sites.find(site)
    var found = always
    // The list under which a clause is filed fits already; only the others are to be tested.
    for pattern in fittingUsers where Int(pattern) < byUser.count {
      for number in byUser[Int(pattern)] {
        let clause = clauses[Int(number)]
        if devices.fits(anyOf: clause.devices, fittingDevices),
          sites.fits(anyOf: clause.sites, fittingSites)
        {
          found.append(number)
        }
      }
    }
    for pattern in fittingDevices where Int(pattern) < byDevice.count {
      for number in byDevice[Int(pattern)]
      where sites.fits(anyOf: clauses[Int(number)].sites, fittingSites) {
        found.append(number)
      }
    }
    for pattern in fittingSites where Int(pattern) < bySite.count {
      found.append(contentsOf: bySite[Int(pattern)])
    }
    return found
  }
}
