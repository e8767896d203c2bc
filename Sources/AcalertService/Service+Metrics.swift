import Observability

extension Service {
  /// The service's metrics in Prometheus' text format. Names and meanings: docs/API.md.
  func metricsText() -> String {
    var text = MetricsText()
    addRecordMetrics(to: &text)
    addStoreMetrics(to: &text)
    addAlertMetrics(to: &text)
    addHTTPMetrics(to: &text)
    return text.text
  }

  private func addRecordMetrics(to text: inout MetricsText) {
    text.counter(
      "acalert_records_total", "Records taken, valid or not.", counters.records.current)
    text.counter("acalert_samples_total", "Samples judged.", counters.samples.current)
    text.counter("acalert_anomalies_total", "Samples flagged.", counters.anomalies.current)
    text.counter(
      "acalert_invalid_records_total", "Records that could not be used.", label: "reason",
      counters.invalidRecords.current)
    text.counter(
      "acalert_late_samples_total", "Samples later than the allowed lateness.",
      counters.lateSamples.current)
    text.counter(
      "acalert_evicted_samples_total", "Samples that left a full ring before their time.",
      counters.evictedSamples.current)
    text.counter(
      "acalert_lost_records_total", "Records the broker removed before they were read.",
      counters.lostRecords.current)
    text.counter(
      "acalert_skipped_offsets_total",
      "Offsets without a message: transaction markers, compaction.", skippedOffsets)
    text.counter(
      "acalert_transitions_total", "Changes of a subject's state, by the new state.",
      label: "state", counters.transitions.current)
    text.counter("acalert_frames_total", "Frames of cameras taken.", counters.frames.current)
    text.counter(
      "acalert_void_frames_total", "Frames in which nothing could be seen.",
      counters.voidFrames.current)
    text.counter(
      "acalert_threats_total", "Threats, by the rule's id.", label: "rule",
      counters.threats.current)
    text.counter(
      "acalert_equipment_faults_total", "Faults of cameras, by kind.", label: "kind",
      counters.equipmentFaults.current)
    text.counter(
      "acalert_rules_reloads_total", "Readings of the files of rules and models that took effect.",
      counters.rulesReloads.current)
    text.counter(
      "acalert_rules_reload_failures_total",
      "Readings of the files of rules and models that were refused.",
      counters.rulesReloadFailures.current)
    text.counter("acalert_windows_total", "Windows closed.", counters.windows.current)
    text.gauge("acalert_lag_records", "Records that wait in Kafka.", lag.map(Double.init))
    text.gauge(
      "acalert_unheard_seconds",
      "Time since the leaders of all partitions were last heard: seldom more than 4.",
      unheardSeconds)
    text.gauge("acalert_subjects", "Subjects by state.", label: "state", subjectsByState)
  }

  private func addStoreMetrics(to text: inout MetricsText) {
    text.counter("acalert_commits_total", "Transactions committed.", counters.commits.current)
    text.counter(
      "acalert_failed_commits_total", "Transactions that failed.", counters.failedCommits.current)
    text.counter(
      "acalert_pauses_total", "Times reading was paused because the database was slower.",
      counters.pauses.current)
    text.gauge(
      "acalert_last_commit_seconds", "Duration of the last transaction.",
      counters.commitTimes.last)
    text.gauge(
      "acalert_longest_commit_seconds", "Duration of the longest transaction.",
      counters.commitTimes.worst)
    text.counter(
      "acalert_dead_letters_delivered_total", "Invalid records the dead-letter topic has taken.",
      counters.deadLettersDelivered.current)
    text.counter(
      "acalert_dead_letters_failed_total", "Deliveries to the dead-letter topic that failed.",
      counters.deadLettersFailed.current)
    text.counter(
      "acalert_pruned_rows_total", "Rows of old history removed.", counters.prunedRows.current)
    text.counter(
      "acalert_merged_windows_total", "Windows that were put into rows of several.",
      counters.mergedWindows.current)
  }

  private func addHTTPMetrics(to text: inout MetricsText) {
    guard let http = httpStatistics else { return }
    text.gauge("acalert_watchers", "Open event streams.", Double(http.watchers))
    text.counter(
      "acalert_watchers_dropped_total", "Watchers cut off because they read too slowly.",
      http.droppedWatchers)
    text.counter("acalert_events_sent_total", "Events sent to watchers.", http.sentEvents)
    text.counter(
      "acalert_events_coalesced_total", "Events skipped for a newer row of the same subject.",
      http.coalescedEvents)
    text.gauge("acalert_http_connections", "Open connections.", Double(http.openConnections))
    text.counter(
      "acalert_http_connections_total", "Connections accepted.", http.acceptedConnections)
    text.counter(
      "acalert_http_rejected_requests_total", "Requests refused before they reached a route.",
      http.rejectedRequests)
  }
}
