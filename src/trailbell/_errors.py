"""The root of every error this package raises on purpose.

TrailbellError
  PatternError              a filter pattern that is not valid (patterns)
    UnsupportedSyntaxError  a valid syntax this version does not evaluate yet
  DamagedContentError       bytes that are no log file (cloudtrail)
  UnreadableEvidenceError   kept evidence of another version (evidence)
  AlarmDefinitionError      an alarm that cannot be evaluated as defined (alarms)
  UnknownControlError       no such key in the catalogue (controls)
  SettingsError             a flag, variable or file entry that is not valid (settings)
  StoreError                the database cannot be used as it is (store)
    LockedError             another server owns the data folder
    NewerSchemaError        the database was written by a newer version
  SourceError               a place to read from that cannot be read (sources)
  RefusedAddressError       an outgoing address the safety rules refuse (channels)
  ListenRefusedError        a listen address that would let others in unasked (access)
  ChainError                a request the running system cannot carry out (chain)
    UnknownAlarmError       there is no alarm of this name
    UnknownRejectedError    nothing of this number was rejected
  TrafficOrderError         an order no traffic can be made from (simulate)
"""

__all__ = ["TrailbellError"]


class TrailbellError(Exception):
    """Something the user can understand and mend; the message says what and where."""
