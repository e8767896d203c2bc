extension CameraFormat {
  /// The label map of TensorFlow's models trained on COCO: 80 classes, whose numbers go up to 90.
  ///
  /// https://github.com/tensorflow/models/blob/master/research/object_detection/data/mscoco_label_map.pbtxt
  public static let cocoLabels: [Int: String] = {
    var labels: [Int: String] = [:]
    var names = cocoNames[...]
    // Numbers that COCO's stuff classes once had, and that no object ever gets.
    let unused: Set = [12, 26, 29, 30, 45, 66, 68, 69, 71, 83]
    for number in 1...90 where !unused.contains(number) { labels[number] = names.popFirst() }
    return labels
  }()

  /// Every class that COCO, Frigate's models and MegaDetector know, and the animals that classifiers
  /// behind camera traps name most. Lower case, no name twice.
  public static let knownClasses: [String] = {
    var seen: Set<String> = []
    return (cocoNames + frigateNames + megaDetectorNames + trapNames)
      .filter { seen.insert($0).inserted }
  }()

  private static let cocoNames = [
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat",
    "traffic light", "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog",
    "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella",
    "handbag", "tie", "suitcase", "frisbee", "skis", "snowboard", "sports ball", "kite",
    "baseball bat", "baseball glove", "skateboard", "surfboard", "tennis racket", "bottle",
    "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich", "orange",
    "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch", "potted plant",
    "bed", "dining table", "toilet", "tv", "laptop", "mouse", "remote", "keyboard", "cell phone",
    "microwave", "oven", "toaster", "sink", "refrigerator", "book", "clock", "vase", "scissors",
    "teddy bear", "hair drier", "toothbrush",
  ]

  /// Frigate's default label map where it differs from COCO, its attributes and its own models' labels:
  /// https://docs.frigate.video/configuration/objects and https://docs.frigate.video/plus
  private static let frigateNames = [
    "street sign", "hat", "shoe", "eye glasses", "plate", "mirror", "window", "desk", "door",
    "blender", "hair brush", "face", "license_plate", "package", "waste_bin", "school_bus",
    "robot_lawnmower", "bbq_grill", "garbage_bin", "boat", "skunk", "raccoon", "fox", "deer",
    "squirrel", "rabbit", "kangaroo", "amazon", "an_post", "canada_post", "dhl", "dpd", "fedex",
    "gls", "nzpost", "postnl", "postnord", "purolator", "royal_mail", "ups", "usps",
  ]

  private static let megaDetectorNames = ["animal", "person", "vehicle"]

  private static let trapNames = [
    "hare", "badger", "wild boar", "boar", "pig", "wolf", "coyote", "jackal", "lynx", "bobcat",
    "cougar", "leopard", "lion", "tiger", "hyena", "otter", "beaver", "marten", "polecat", "weasel",
    "stoat", "mink", "hedgehog", "porcupine", "opossum", "armadillo", "groundhog", "marmot",
    "chipmunk", "rat", "vole", "bat", "elk", "moose", "red deer", "roe deer", "fallow deer",
    "reindeer", "antelope", "bison", "buffalo", "goat", "donkey", "camel", "monkey", "baboon",
    "wallaby", "wombat", "possum", "dingo", "goose", "duck", "swan", "crow", "magpie", "pigeon",
    "owl", "eagle", "hawk", "heron", "pheasant", "turkey", "chicken", "snake", "lizard", "tortoise",
    "turtle", "frog", "rodent", "deer mouse",
  ]
}
