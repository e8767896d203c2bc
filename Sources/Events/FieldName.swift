/// A field of a record of any kind of stream, as faults name it.
///
/// Those below 64 are of camera records, some of them of samples too, so that a set of them is one word;
/// the rest are of samples only (see ``RecordField``).
public enum FieldName: UInt8, CaseIterable, Sendable {
  // Tags, which samples and cameras share.
  case user, device, site, time, timezone, latitude, longitude

  // The image, and what was seen in it.
  case image, format, width, height, bytes, contrast
  case objects, objectClass, label, probability, box, track, zones, stationary

  // Frigate's events.
  case type, after, id, camera, frameTime, startTime, endTime, score, falsePositive
  case currentZones, enteredZones

  // MegaDetector's batch results.
  case images, file, detections, category, conf, bbox, classifications, failure, datetime
  case detectionCategories, classificationCategories

  // TensorFlow's detections.
  case predictions, outputs, detectionClasses, detectionScores, detectionBoxes
  case detectionClassNames, detectionClassEntities, numDetections

  // CloudEvents.
  case specversion, data, dataBase64, eventUser, eventDevice, eventSite, eventTime, eventTimezone
  case eventSubject

  // Samples.
  case value = 64
  case x, y, z, burstStart, rate, samples

  /// The name used in messages: for the fields of samples and for tags the configuration's, for all
  /// others the one in the JSON; of CloudEvents' attributes their names in headers.
  public var name: String {
    switch self {
    case .objectClass: "class"
    case .frameTime: "frame_time"
    case .startTime: "start_time"
    case .endTime: "end_time"
    case .falsePositive: "false_positive"
    case .currentZones: "current_zones"
    case .enteredZones: "entered_zones"
    case .detectionCategories: "detection_categories"
    case .classificationCategories: "classification_categories"
    case .detectionClasses: "detection_classes"
    case .detectionScores: "detection_scores"
    case .detectionBoxes: "detection_boxes"
    case .detectionClassNames: "detection_class_names"
    case .detectionClassEntities: "detection_class_entities"
    case .numDetections: "num_detections"
    case .dataBase64: "data_base64"
    case .eventUser: "ce_user"
    case .eventDevice: "ce_device"
    case .eventSite: "ce_site"
    case .eventTime: "ce_time"
    case .eventTimezone: "ce_timezone"
    case .eventSubject: "ce_subject"
    default: "\(self)"
    }
  }

  /// The field's bit in a set of camera fields.
  @inline(__always)
  var bit: UInt64 { 1 &<< UInt64(rawValue & 63) }
}
