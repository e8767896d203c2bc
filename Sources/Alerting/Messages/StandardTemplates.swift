/// The texts that are used where the configuration has none of its own.
///
/// How sure the alert is stands in its reason; what is said of the last value is about now.
enum StandardTemplates {
  static let title = #"""
    {{#is_alerts}}{{headline}}{{#is_reminder}} (reminder){{/is_reminder}}: {{#is_single}}{{subject}}{{#reason}}: {{reason}}{{/reason}}{{/is_single}}{{^is_single}}{{count}} alerts: {{subjects}}{{/is_single}}{{/is_alerts}}{{#is_digest}}Digest: {{held_back}} notifications held back{{/is_digest}}{{#is_notice}}Acalert: {{notice}}{{/is_notice}}
    """#

  static let text = #"""
    {{#is_notice}}
    {{notice}}

    {{/is_notice}}
    {{#is_digest}}
    {{held_back}} notifications to {{receiver}} were held back, for they were more than its limit.
    None of them told of danger. All alerts are on record.

    {{/is_digest}}
    {{#is_reminder}}
    Nothing is new; this is to remind you.

    {{/is_reminder}}
    {{#alerts}}
    {{headline}}: {{subject}}{{#site}}, site {{site}}{{/site}}
    {{#reason}}
    What: {{reason}}
    {{/reason}}
    {{#rule}}
    Rule: {{rule}}{{#rule_name}}, {{rule_name}}{{/rule_name}}
    {{/rule}}
    {{^rule}}
    Cause: {{cause}}
    {{/rule}}
    Began: {{began}}
    {{#ended}}
    Ended: {{ended}}
    {{/ended}}
    {{#acknowledged_by}}
    Acknowledged by: {{acknowledged_by}}
    {{/acknowledged_by}}
    {{^acknowledged_by}}
    {{#is_firing}}
    Acknowledged by: nobody yet
    {{/is_firing}}
    {{/acknowledged_by}}
    {{#flaps}}
    Came back: {{flaps}} times
    {{/flaps}}
    {{#value}}
    Last value: {{value}}{{#unit}} {{unit}}{{/unit}}{{#mean}}, usually {{mean}}{{#std}} ± {{std}}{{/std}}{{/mean}}
    {{/value}}
    {{#state}}
    State now: {{state}}
    {{/state}}
    {{#last_seen}}
    Last seen: {{last_seen}}
    {{/last_seen}}
    {{#map}}
    Where: {{latitude}}, {{longitude}} {{map}}
    {{/map}}
    {{#url}}
    More: {{url}}
    {{/url}}

    {{/alerts}}
    {{#more}}
    And {{more}} more alerts{{#external_url}}: {{external_url}}{{/external_url}}
    {{/more}}
    """#

  /// For a text message on a telephone.
  static let short = #"""
    {{#is_alerts}}
    Began {{began}}
    {{#value}}
    Last value {{value}}{{#unit}} {{unit}}{{/unit}}
    {{/value}}
    {{#last_seen}}
    Last seen {{last_seen}}
    {{/last_seen}}
    {{#map}}
    {{map}}
    {{/map}}
    {{#url}}
    {{url}}
    {{/url}}
    {{/is_alerts}}
    {{^is_alerts}}
    {{#external_url}}
    {{external_url}}
    {{/external_url}}
    {{/is_alerts}}
    """#
}
