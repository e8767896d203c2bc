import CRdkafka

extension Consumer {
  /// Answers the rebalances that came up during the last consume call, in their order.
  func settleRebalances(_ delegate: any ConsumerDelegate) {
    while !context.rebalances.isEmpty {
      let rebalance = context.rebalances.removeFirst()
      switch rebalance.code {
      case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
        assign(rebalance.partitions, delegate)
      case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
        unassign(rebalance.partitions, lost: rebalance.lost, delegate)
      default:
        tell(KafkaError(rebalance.code, attempted: "rebalance the consumer group"), delegate)
        let indices = table.states.indices.filter { table.states[$0].isAssigned }
        setPaused(false, indices)
        rd_kafka_assign(client, nil)
        forget(indices)
      }
    }
  }

  /// Both protocols have the same two events, but only the cooperative one may be answered step by
  /// step; the eager one takes everything away before it gives.
  var isCooperative: Bool {
    guard let name = rd_kafka_rebalance_protocol(client) else { return false }
    return String(cString: name) == "COOPERATIVE"
  }

  private func assign(_ list: PartitionList, _ delegate: any ConsumerDelegate) {
    awaitsGroup.store(false, ordering: .relaxed)
    let partitions = partitions(of: list)
    groupOffsets.withLock { $0.forget(partitions.map(\.index)) }
    var positions = partitions.isEmpty ? [] : delegate.assigned(partitions)
    while positions.count < partitions.count { positions.append(.committed(orElse: .beginning)) }
    let committed = committedOffsets(of: partitions, positions, delegate)
    for (i, partition) in partitions.enumerated() {
      let offset =
        switch positions[i] {
        case .at(let offset): max(0, offset)
        case .beginning: PartitionList.beginning
        case .end: PartitionList.end
        case .committed(let fallback):
          committed[partition.index].map {
            guard $0.offset >= 0 else { return Self.logical(fallback) }
            return max(0, delegate.begins(partition, at: $0.offset, metadata: $0.metadata))
          }
            // Not known yet. librdkafka asks on its own until the group answers; if it then has none,
            // that comes as an error which `recoverPartitions` ends.
            ?? PartitionList.stored
        }
      list.elements[i].offset = offset
      table.states[partition.index] = PartitionState(
        isAssigned: true, expected: offset >= 0 ? offset : -1, start: positions[i])
    }
    // Whoever begins is given time.
    if assignment.isEmpty { heard.store(MonotonicClock.milliseconds(), ordering: .relaxed) }
    assignedIndices.withLock { $0.formUnion(partitions.map(\.index)) }
    let attempted = "take over \(partitions.count) partitions"
    if isCooperative {
      if let error = rd_kafka_incremental_assign(client, list.pointer) {
        tell(KafkaError(consuming: error, attempted: attempted), delegate)
      }
    } else {
      let result = rd_kafka_assign(client, list.pointer)
      if result != RD_KAFKA_RESP_ERR_NO_ERROR {
        tell(KafkaError(result, attempted: attempted), delegate)
      }
    }
    settlePauses()
    hurry()
    asksNext = .min
  }

  private func unassign(_ list: PartitionList, lost: Bool, _ delegate: any ConsumerDelegate) {
    let partitions = partitions(of: list)
    if !partitions.isEmpty { delegate.revoked(partitions, lost: lost) }
    if !lost { commit(partitions.map(\.index)) }
    setPaused(false, partitions.map(\.index))
    forget(partitions.map(\.index))
    if lost, !partitions.isEmpty, assignment.isEmpty { awaitsGroup.store(true, ordering: .relaxed) }
    if isCooperative {
      if let error = rd_kafka_incremental_unassign(client, list.pointer) {
        tell(
          KafkaError(consuming: error, attempted: "give up \(partitions.count) partitions"),
          delegate)
      }
    } else {
      rd_kafka_assign(client, nil)
    }
  }

  private func forget(_ indices: [Int]) {
    for index in indices { table.states[index] = PartitionState() }
    turns.forget(indices)
    groupOffsets.withLock { $0.forget(indices) }
    assignedIndices.withLock { $0.subtract(indices) }
    recoveries.removeAll { indices.contains($0.index) }
  }

  private func partitions(of list: PartitionList) -> [TopicPartition] {
    list.elements.map { element in
      let index = table.index(named: element.topic, element.partition, known: known)
      return known.withLock { $0[index] }
    }
  }

  /// What the group has committed for the partitions that are to start there: −1001 for nothing, and
  /// no entry where the group could not be asked in time.
  private func committedOffsets(
    of partitions: [TopicPartition], _ positions: [StartPosition], _ delegate: any ConsumerDelegate
  ) -> [Int: (offset: Int64, metadata: String)] {
    let wanted = zip(partitions, positions).filter {
      if case .committed = $0.1 { true } else { false }
    }
    guard !wanted.isEmpty else { return [:] }
    let list = PartitionList(capacity: wanted.count)
    for (partition, _) in wanted { list.append(partition) }
    let result = rd_kafka_committed(client, list.pointer, Self.brokerTimeout)
    guard result == RD_KAFKA_RESP_ERR_NO_ERROR else {
      tell(KafkaError(result, attempted: "read the group's committed offsets"), delegate)
      return [:]
    }
    var offsets: [Int: (offset: Int64, metadata: String)] = [:]
    for (i, element) in list.elements.enumerated()
    where element.err == RD_KAFKA_RESP_ERR_NO_ERROR {
      offsets[wanted[i].0.index] = (element.offset, PartitionList.metadata(of: element))
    }
    return offsets
  }

  static func logical(_ fallback: StartPosition.Fallback) -> Int64 {
    fallback == .beginning ? PartitionList.beginning : PartitionList.end
  }

  /// How long one question to a broker may hold up `poll`, in milliseconds.
  static let brokerTimeout: Int32 = 5_000
}
