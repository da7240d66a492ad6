"""The table of all settings: the loader, ``--help``, the documentation and the tests read this one."""

import msgspec

__all__ = ["OTHER_VARIABLES", "PREFIX", "SETTINGS", "TABLES", "SettingField"]

PREFIX = "TRAILBELL_"

TABLES = ("smtp",)
"""The tables of ``trailbell.toml``."""

OTHER_VARIABLES = frozenset(
    {"TRAILBELL_CI", "TRAILBELL_CONFIG", "TRAILBELL_REAL_DATA", "TRAILBELL_URL", "TRAILBELL_VENV"}
)
"""Variables of our own that are no settings."""


class SettingField(msgspec.Struct, frozen=True):
    """One setting as its reader meets it.

    Attributes:
        name: the member of ``Settings``.
        default: the default as text; given as a value, it gives the default.
        expected: which values are allowed, as it stands in an error.
        meaning: what it does, in a sentence or two.
        is_secret: whether a value may hold a secret and is therefore never shown.
    """

    name: str
    default: str
    expected: str
    meaning: str
    is_secret: bool = False

    @property
    def flag(self) -> str:
        """The flag on the command line, such as ``--rescan-seconds``."""
        return "--" + self._word.replace("_", "-")

    @property
    def variable(self) -> str:
        """The environment variable, such as ``TRAILBELL_RESCAN_SECONDS``."""
        return PREFIX + self._word.upper()

    @property
    def toml_key(self) -> str:
        """The key in ``trailbell.toml``; ``smtp.host`` is ``host`` in the table ``[smtp]``."""
        for table in TABLES:
            if self.name.startswith(f"{table}_"):
                return f"{table}.{self.name.removeprefix(f'{table}_')}"
        return self._word

    @property
    def _word(self) -> str:
        # `from` is a word of Python, so the member has an underscore behind it.
        return self.name.removesuffix("_")


SETTINGS: tuple[SettingField, ...] = (
    SettingField(
        name="listen",
        default="127.0.0.1:4747",
        expected="host:port such as 127.0.0.1:4747 or [::1]:4747",
        meaning="Where the server listens. Port 0 lets the system choose a free one.",
    ),
    SettingField(
        name="data",
        default="$XDG_DATA_HOME/trailbell, else ~/.local/share/trailbell",
        expected="the path of a folder",
        meaning="The folder that holds the database. One server at a time owns it.",
    ),
    SettingField(
        name="source",
        default="",
        expected="a list of paths",
        meaning="Folders or files of CloudTrail logs to watch. May be given several times.",
    ),
    SettingField(
        name="from_",
        default="",
        expected="how long ago (90s, 15m, 2h, 7d) or a date such as 2026-09-14T05:43Z",
        meaning="At the first start of a source, files made since then ring alarms although they are old.",
    ),
    SettingField(
        name="evaluation",
        default="eager",
        expected="eager or aws",
        meaning="When alarms are judged: aws keeps AWS's ticks, eager enters ALARM early where that is safe.",
    ),
    SettingField(
        name="controls",
        default="",
        expected="a list of control keys, or the word none alone",
        meaning="The CIS controls to set up at start, where they are not there yet. Empty means all of them, "
        "the word none means none.",
    ),
    SettingField(
        name="notify",
        default="",
        expected="a list of http or https URLs, or - for the terminal",
        meaning="Where alarms are sent. In the variable a comma inside a URL is written %2C.",
        is_secret=True,
    ),
    SettingField(
        name="account_id",
        default="000000000000",
        expected="twelve digits",
        meaning="The AWS account that callers without keys belong to.",
    ),
    SettingField(
        name="region",
        default="us-east-1",
        expected="a region such as us-east-1",
        meaning="The AWS region that callers without keys work in.",
    ),
    SettingField(
        name="gather_seconds",
        default="5.0",
        expected="seconds from 0 to 300",
        meaning="How long a message for people waits, so that it names more than the first caller.",
    ),
    SettingField(
        name="rescan_seconds",
        default="30.0",
        expected="seconds above 0, at most 86400",
        meaning="How often a watched folder is read through in whole, for what its change events left out.",
    ),
    SettingField(
        name="log_format",
        default="text",
        expected="text or json",
        meaning="How the server's own log is written.",
    ),
    SettingField(
        name="matched_event_days",
        default="90",
        expected="a whole number of days, at least 1",
        meaning="How long matched events are kept.",
    ),
    SettingField(
        name="matched_event_bytes",
        default="2 GiB",
        expected="a whole number of bytes, at least 1, or a size such as 500 MiB or 2 GiB",
        meaning="How much room matched events may take; the oldest go first.",
    ),
    SettingField(
        name="log_event_bytes",
        default="4 GiB",
        expected="a whole number of bytes, at least 1, or a size such as 500 MiB or 2 GiB",
        meaning="How much room log events may take as they are kept, compressed; the oldest go first. Looked "
        "at once a minute; the database file does not shrink, its free room is used again.",
    ),
    SettingField(
        name="public_url",
        default="",
        expected="an http or https URL without path, such as https://alarms.example.com",
        meaning="Where links in messages and the signing certificate begin. Empty means where we listen.",
    ),
    SettingField(
        name="unreachable_endpoints",
        default="refuse",
        expected="refuse or retry",
        meaning="What Subscribe does where nothing answers: refuse as SNS does, or retry the confirmation.",
    ),
    SettingField(
        name="allow_private_addresses",
        default="false",
        expected="true or false",
        meaning="Whether alarms may go to private and link-local addresses; metadata services stay refused.",
    ),
    SettingField(
        name="smtp_host",
        default="",
        expected="the name or address of a mail server",
        meaning="The mail server that e-mail goes through. Without it Subscribe refuses e-mail.",
    ),
    SettingField(
        name="smtp_port",
        default="587",
        expected="a port from 1 to 65535",
        meaning="The port of the mail server.",
    ),
    SettingField(
        name="smtp_security",
        default="starttls",
        expected="starttls, tls or none",
        meaning="How the way to the mail server is protected; starttls never goes on without it.",
    ),
    SettingField(
        name="smtp_username",
        default="",
        expected="a text",
        meaning="Who we are to the mail server. Empty means no authentication.",
    ),
    SettingField(
        name="smtp_password",
        default="",
        expected="a text",
        meaning="The password to it; better given in the variable or the file than as a flag.",
        is_secret=True,
    ),
    SettingField(
        name="smtp_from",
        default="trailbell@localhost",
        expected="a mail address",
        meaning="The address that mail comes from.",
    ),
)
