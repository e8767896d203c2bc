import Store

/// Somebody or something that is told, and how it is reached.
public struct ReceiverSettings: Equatable, Sendable {
  public var name: String
  public var kind: Kind
  /// One call takes at most so long, in milliseconds.
  public var timeout: Int64 = 10_000
  /// So many calls at a time, 1 … 16.
  public var concurrency = 2
  /// So many notifications in so long, beyond which those without danger are held back and told of in one
  /// digest; no limit, if absent.
  public var rateCap: RateCap? = RateCap(notifications: 60, interval: 3_600_000)
  /// Whether it is told that an alert is resolved.
  public var sendsResolved = true
  /// Whether it is told that somebody has acknowledged it.
  public var sendsAcknowledged = false
  /// Templates of the title and the text (Mustache); the standard ones if absent.
  public var title: String?
  public var text: String?

  public struct RateCap: Equatable, Sendable {
    public var notifications: Int
    public var interval: Int64

    public init(notifications: Int, interval: Int64) {
      self.notifications = notifications
      self.interval = interval
    }
  }

  public enum Kind: Equatable, Sendable {
    case webhook(Webhook)
    case pagerDuty(PagerDuty)
    case alertmanager(HTTPTarget)
    case sendGrid(SendGrid)
    case smtp(SMTP)
    case nagios(Nagios)
    case slack(HTTPTarget)
    case twilio(Twilio)
    case kafka(topic: String)
    case command(Command)

    /// The name in the configuration and in metrics.
    public var name: String {
      switch self {
      case .webhook: "webhook"
      case .pagerDuty: "pagerduty"
      case .alertmanager: "alertmanager"
      case .sendGrid: "sendgrid"
      case .smtp: "smtp"
      case .nagios: "nagios"
      case .slack: "slack"
      case .twilio: "twilio"
      case .kafka: "kafka"
      case .command: "command"
      }
    }
  }

  public init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
  }

  /// A URL, which may itself be a secret (Slack's is), and what is sent along with each request.
  public struct HTTPTarget: Equatable, Sendable {
    public var url: Secret
    public var headers: [String: Secret] = [:]
    /// A certificate authority's file in PEM, instead of the system's.
    public var caFile: String?

    public init(url: Secret) { self.url = url }
  }

  public struct Webhook: Equatable, Sendable {
    public var target: HTTPTarget
    /// Signs the body: `X-Acalert-Signature: sha256=<hex>`, HMAC-SHA256 (RFC 2104).
    public var signingKey: Secret?
    /// The most alerts in one body, 0 for all.
    public var maxAlerts = 0

    public init(target: HTTPTarget) { self.target = target }
  }

  public struct PagerDuty: Equatable, Sendable {
    public var routingKey: Secret
    public var url = "https://events.pagerduty.com/v2/enqueue"

    public init(routingKey: Secret) { self.routingKey = routingKey }
  }

  public struct SendGrid: Equatable, Sendable {
    public var apiKey: Secret
    public var from: String
    public var to: [String]
    public var url = "https://api.sendgrid.com/v3/mail/send"

    public init(apiKey: Secret, from: String, to: [String]) {
      self.apiKey = apiKey
      self.from = from
      self.to = to
    }
  }

  public struct SMTP: Equatable, Sendable {
    public enum Security: String, Equatable, Sendable, CaseIterable {
      /// STARTTLS is demanded; TLS from the first byte; neither.
      case starttls, tls, none
    }

    /// `host:port`.
    public var server: String
    public var security = Security.starttls
    public var caFile: String?
    public var username: String?
    public var password: Secret?
    public var from: String
    public var to: [String]

    public init(server: String, from: String, to: [String]) {
      self.server = server
      self.from = from
      self.to = to
    }
  }

  public struct Nagios: Equatable, Sendable {
    public enum Way: Equatable, Sendable {
      /// Nagios' external command file, a named pipe.
      case commandFile(String)
      /// A program that reads `host<TAB>service<TAB>code<TAB>text` lines, as `send_nsca` does.
      case pipe([String])
    }

    public var way: Way
    /// Templates (Mustache) of the host's name and the service's description.
    public var host = "acalert"
    public var service = "{{kind}} {{user}} {{device}} {{cause}}"

    public init(way: Way) { self.way = way }
  }

  public struct Twilio: Equatable, Sendable {
    public enum Way: String, Equatable, Sendable, CaseIterable { case call, sms }

    public var accountSID: String
    public var authToken: Secret
    public var way = Way.call
    /// Telephone numbers in E.164.
    public var from: String
    public var to: [String]
    public var url = "https://api.twilio.com"

    public init(accountSID: String, authToken: Secret, from: String, to: [String]) {
      self.accountSID = accountSID
      self.authToken = authToken
      self.from = from
      self.to = to
    }
  }

  public struct Command: Equatable, Sendable {
    /// The program and its arguments. The message comes on its standard input as JSON.
    public var arguments: [String]

    public init(arguments: [String]) { self.arguments = arguments }
  }
}

/// Text that must not be shown: passwords, keys, addresses that are keys themselves. Whatever prints it
/// prints `<secret>`.
public struct Secret: Equatable, Hashable, Sendable, CustomStringConvertible,
  CustomDebugStringConvertible, CustomReflectable
{
  /// The text itself, for the one line that needs it.
  public let revealed: String

  public init(_ text: String) { revealed = text }

  public var description: String { "<secret>" }
  public var debugDescription: String { "<secret>" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
