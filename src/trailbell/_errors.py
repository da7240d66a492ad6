"""The root of every error this package raises on purpose.

TrailbellError
  PatternError              a filter pattern that is not valid (patterns)
  DamagedContentError       bytes that are no log file (cloudtrail)
  UnreadableEvidenceError   kept evidence of another version (evidence)
  DamagedHistogramError     kept bins of a metric that cannot be read (metrics)
  MathError                 an expression of metric math that is not valid (metrics)
    UnsupportedMathError    a function of metric math that this version does not have
  AlarmDefinitionError      an alarm that cannot be evaluated as defined (alarms)
    AlarmRuleError          the rule of a composite alarm is not valid (alarms)
  FilterPolicyError         a subscription filter policy that is not valid (topics)
  UnknownControlError       no such key in the catalogue (controls)
  SettingsError             a flag, variable or file entry that is not valid (settings)
  StoreError                the database cannot be used as it is (store)
    LockedError             another server owns the data folder
    NewerSchemaError        the database was written by a newer version
  SourceError               a place to read from that cannot be read (sources)
  RefusedAddressError       an outgoing address the safety rules refuse (channels)
  SigningKeyError           a file of the signing keys that cannot be used (channels)
  MalformedAuthorizationError  an Authorization header of no known shape (access)
  ListenRefusedError        a listen address that would let others in unasked (access)
  RequestRefusedError       a request that AWS's rules, or what there is, do not allow (any room)
  ChainError                a request the running system cannot carry out (chain)
    UnknownAlarmError       there is no alarm of this name
    UnknownRejectedError    nothing of this number was rejected
    UnknownVerificationError  there is no verification of this id
  TrafficOrderError         an order no traffic can be made from (simulate)
  ReplayError               a replay that cannot be carried out, or on (replay)
  RulesError                rules that cannot be replayed (replay)
  UnreadableAccountError    an AWS account that could not be entered (account)
  SnapshotError             a kept snapshot of an account that cannot be read (account)
  ExceptionsFileError       a file of attested exceptions that is not valid (account)
  WishError                 something that no plan can be made for (remediation)
  PlanFileError             a kept plan that cannot be read (remediation)
  UndoFileError             an undo file that cannot be read, written or used (remediation)
  ExportError               a plan that a format of code cannot express (remediation)
  CallFailedError           a call that did not change what it should (remediation)
  WrongAccountError         a plan or undo file of another account (remediation)
  DrillError                a proof that cannot be made (drill)
"""

import enum
import unicodedata

__all__ = ["RefusalKind", "RequestRefusedError", "TrailbellError", "marked_line", "visible"]


class TrailbellError(Exception):
    """Something the user can understand and mend; the message says what and where."""


class RefusalKind(enum.StrEnum):
    """Why a request is refused; the AWS door turns each kind into the code its service has for it."""

    INVALID_PARAMETER = "invalid parameter"
    INVALID_COMBINATION = "invalid combination of parameters"
    MISSING_PARAMETER = "missing parameter"
    VALIDATION = "validation"
    INVALID_FORMAT = "invalid format"
    INVALID_TOKEN = "invalid page token"  # noqa: S105 - a reason, not a secret
    PARAMETER_VALUE = "invalid value of a message attribute"
    NOT_FOUND = "not found"
    RESOURCE_NOT_FOUND = "nothing of this ARN"
    ALREADY_EXISTS = "already exists"
    LIMIT_EXCEEDED = "limit exceeded"
    TOPIC_LIMIT = "too many topics"
    SUBSCRIPTION_LIMIT = "too many subscriptions"
    FILTER_POLICY_LIMIT = "too many filter policies"
    TOO_MANY_TAGS = "too many tags"
    ACCESS_DENIED = "access denied"
    THROTTLED = "throttled"
    TOO_MANY_ENTRIES = "too many entries in a batch"
    ENTRY_IDS_NOT_DISTINCT = "equal ids in a batch"
    INVALID_ENTRY_ID = "invalid id in a batch"
    BATCH_TOO_LONG = "batch too long"
    EMPTY_BATCH = "empty batch"
    UNSUPPORTED = "not supported by this version"


class RequestRefusedError(TrailbellError):
    """A request that is not carried out; nothing was changed.

    `message` is AWS's own text where it is known; it may be empty, as AWS's is for some.
    """

    def __init__(self, kind: RefusalKind, message: str = "") -> None:
        super().__init__(kind, message)
        self.kind = kind
        self.message = message

    def __str__(self) -> str:
        return self.message or self.kind.value


def marked_line(text: str, start: int, end: int) -> str:
    """Shows a text on one line, and on the next carets under the characters from start up to end."""
    line = visible(text)
    width = max(_columns(line[start:end]), 1)
    return f"{line}\n{' ' * _columns(line[:start])}{'^' * width}"


def visible(text: str) -> str:
    """Shows a text character by character, with nothing in it that would move or break a terminal's line."""
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    # Control, format and lone surrogate characters.
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character).startswith("C") else character


def _columns(text: str) -> int:
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
