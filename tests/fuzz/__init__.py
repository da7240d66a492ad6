"""Random input for the filter-pattern language, with and without a fuzzing engine."""
