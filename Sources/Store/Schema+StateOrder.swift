extension Schema {
  /// The fifth migration: what orders the rows of one state.
  ///
  /// Those that somebody must look at (danger, warning, stale) are in the order of `since`. The others are
  /// in the order of their subjects, as the table itself is: when a million subjects become safe, each
  /// entry of the index goes beside the one before it, where by `since` each would go to a page of its
  /// own. And no two of them are equal, so a page's beginning among them is found at once.
  static let stateOrder = """
    DROP INDEX status_by_state;
    ALTER TABLE status_rows ADD COLUMN state_order INTEGER
      GENERATED ALWAYS AS (CASE WHEN state > 1 THEN since ELSE id END) VIRTUAL;
    CREATE INDEX status_by_state ON status_rows(state, state_order);

    """
}
