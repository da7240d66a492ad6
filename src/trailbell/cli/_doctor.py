"""`trailbell doctor`."""

import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from trailbell._errors import TrailbellError
from trailbell._version import __version__
from trailbell.cli._client import NoServerError, ask, format_option, url_option
from trailbell.cli._exit_codes import ExitCode
from trailbell.cli._tables import print_json, print_table
from trailbell.settings import Settings, find_settings_file, load_settings

__all__ = ["command"]

_SQLITE_WAL_FIX = (3, 51, 3)
_LOW_DISK_BYTES = 1024**3
_FEW_WATCHES = 8192

# A finding is (check, good or not, what was found and what to do about it).
_Finding = tuple[str, bool, str]


@click.command("doctor")
@url_option
@format_option
def command(url: str, output: str) -> None:
    """Check this machine and the server for what could go wrong.

    Ends with exit code 1 if there is something to mend.
    """
    findings = [*_machine(), *_settings(), *_server(url)]
    if output == "json":
        print_json(
            {"findings": [{"check": name, "ok": good, "detail": detail} for name, good, detail in findings]}
        )
    else:
        print_table(
            ["check", "", "found"],
            [(name, "ok" if good else "mend", detail) for name, good, detail in findings],
            "",
        )
    if not all(good for _, good, _ in findings):
        sys.exit(ExitCode.PROBLEM)


def _machine() -> Iterator[_Finding]:
    yield (
        "trailbell",
        True,
        f"{__version__} on {platform.python_implementation()} {platform.python_version()}",
    )
    version = sqlite3.sqlite_version_info
    note = (
        ""
        if version >= _SQLITE_WAL_FIX
        else "; before 3.51.3 two writers could damage the log, and Trailbell has one"
    )
    yield "sqlite", version >= (3, 35, 0), f"{sqlite3.sqlite_version}{note}"
    watches = Path("/proc/sys/fs/inotify/max_user_watches")
    if watches.is_file():
        number = int(watches.read_text())
        advice = "" if number >= _FEW_WATCHES else f"; raise it, for example sysctl {watches.name}=524288"
        yield "inotify watches", number >= _FEW_WATCHES, f"{number} folders can be watched{advice}"


def _settings() -> Iterator[_Finding]:
    try:
        file = find_settings_file(None, os.environ, Path.cwd())
        settings = load_settings({}, os.environ, file).settings
    except TrailbellError as error:
        yield "settings", False, str(error)
        return
    yield "settings", True, "defaults and environment" if file is None else str(file)
    yield from _data_folder(settings)
    for source in settings.source:
        readable = os.access(source, os.R_OK | os.X_OK)
        yield (
            "source",
            readable,
            source if readable else f"{source} is missing or cannot be read by this user",
        )


def _data_folder(settings: Settings) -> Iterator[_Finding]:
    folder = Path(settings.data)
    nearest = next(each for each in (folder, *folder.parents) if each.exists())
    writable = os.access(nearest, os.W_OK | os.X_OK)
    advice = "" if writable else "; this user cannot write there: choose another with --data"
    yield "data folder", writable, f"{folder}{advice}"
    free = shutil.disk_usage(nearest).free
    advice = "" if free >= _LOW_DISK_BYTES else "; a full disk stops the reading of new files"
    yield "disk", free >= _LOW_DISK_BYTES, f"{free // 1024**2} MiB free{advice}"


def _server(url: str) -> Iterator[_Finding]:
    try:
        status = ask(url, "/api/v1/status")
    except NoServerError as error:
        # Not running is a state, not a fault: doctor is what one runs before the first start.
        yield "server", True, f"not running: {error}"
        return
    except TrailbellError as error:
        yield "server", False, str(error)
        return
    yield "server", True, f"{status['version']} at {url}"
    for part, reason in status["troubles"].items():
        yield f"server: {part}", False, reason
    ringing = [each["name"] for each in status["alarms"] if each["state"] == "ALARM"]
    yield "alarms", True, f"{len(status['alarms'])}, in ALARM: {', '.join(ringing) or 'none'}"
    for source in status["sources"]:
        counts = source["records"]
        rejected = counts["rejected"]
        detail = f"{source['location']}: {counts['read']} records read, {rejected} rejected"
        yield "source", not rejected, detail + ("; trailbell rejected list says why" if rejected else "")
    dead = status["messages"]["dead"]
    yield "messages", not dead, f"{dead} given up" if dead else "none given up"
