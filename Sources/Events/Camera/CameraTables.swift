/// The names of the members of all objects that a stream's records are made of. Whoever makes one must
/// `deallocate` it.
struct CameraTables {
  /// What a member of a record's top level is, if the record is bare and if it is a CloudEvent.
  struct TopMember {
    var bare: FieldName?
    var event: FieldName?
  }

  let top: FieldTable<TopMember>
  /// The top level of a bare record, of a CloudEvent's data, and of one of TensorFlow's predictions.
  let record: FieldTable<FieldName>
  let image: FieldTable<FieldName>
  let object: FieldTable<FieldName>
  /// Frigate's `after`.
  let event: FieldTable<FieldName>
  /// MegaDetector's images and their detections.
  let file: FieldTable<FieldName>
  let detection: FieldTable<FieldName>

  init(_ format: CameraFormat) {
    let tags = CameraTag.allCases.flatMap { tag in
      format.fields[tag].map { (field: tag.fieldName, name: $0) }
    }
    let bare = format.shape.topLevelFields + tags
    record = FieldTable(bare)
    let attributes: [(field: FieldName, name: String)] = [
      (.specversion, "specversion"), (.data, "data"), (.dataBase64, "data_base64"),
      (.eventUser, "user"), (.eventDevice, "device"), (.eventSite, "site"), (.eventTime, "time"),
      (.eventTimezone, "timezone"), (.eventSubject, "subject"),
    ]
    var members: [(field: TopMember, name: String)] = bare.map { member in
      let event = attributes.first { $0.name == member.name }?.field
      return (TopMember(bare: member.field, event: event), member.name)
    }
    for attribute in attributes where !bare.contains(where: { $0.name == attribute.name }) {
      members.append((TopMember(bare: nil, event: attribute.field), attribute.name))
    }
    top = FieldTable(members)
    image = Self.table([.format, .width, .height, .bytes, .contrast])
    object = FieldTable(
      Self.named([.objectClass, .probability, .box, .track, .zones, .stationary])
        + [(.objectClass, "label")])
    event = Self.table([
      .id, .camera, .frameTime, .startTime, .endTime, .label, .score, .falsePositive, .box,
      .currentZones, .enteredZones, .stationary,
    ])
    file = Self.table([.file, .detections, .failure, .datetime, .width, .height])
    detection = Self.table([.category, .conf, .bbox, .classifications])
  }

  private static func named(_ fields: [FieldName]) -> [(field: FieldName, name: String)] {
    fields.map { ($0, $0.name) }
  }

  private static func table(_ fields: [FieldName]) -> FieldTable<FieldName> {
    FieldTable(named(fields))
  }

  func deallocate() {
    top.deallocate()
    record.deallocate()
    image.deallocate()
    object.deallocate()
    event.deallocate()
    file.deallocate()
    detection.deallocate()
  }
}
