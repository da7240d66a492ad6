"""What the server is told: flags, then environment, then ``trailbell.toml``, then defaults.

One table, ``SETTINGS``, describes every setting: the loader, ``--help``, the documentation and the tests
read it.
"""

from trailbell.settings._addresses import is_loopback, parse_address
from trailbell.settings._errors import SettingsError
from trailbell.settings._fields import SETTINGS, SettingField
from trailbell.settings._loader import LoadedSettings, find_settings_file, load_settings
from trailbell.settings._settings import (
    NO_CONTROLS,
    Evaluation,
    LogFormat,
    Settings,
    SmtpSecurity,
    UnreachableEndpoints,
)

__all__ = [
    "NO_CONTROLS",
    "SETTINGS",
    "Evaluation",
    "LoadedSettings",
    "LogFormat",
    "SettingField",
    "Settings",
    "SettingsError",
    "SmtpSecurity",
    "UnreachableEndpoints",
    "find_settings_file",
    "is_loopback",
    "load_settings",
    "parse_address",
]
