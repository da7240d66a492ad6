"""Folders in which the kernel shows itself: what looks like a file there may be endless, or wait for ever."""

import os
from pathlib import Path

__all__ = ["KernelFolders"]

_MOUNTS = Path("/proc/self/mountinfo")
_KINDS = frozenset(
    {
        "autofs",
        "binfmt_misc",
        "bpf",
        "cgroup",
        "cgroup2",
        "configfs",
        "debugfs",
        "devpts",
        "devtmpfs",
        "efivarfs",
        "fusectl",
        "mqueue",
        "nsfs",
        "proc",
        "pstore",
        "securityfs",
        "selinuxfs",
        "sysfs",
        "tracefs",
    }
)


class KernelFolders:
    """Knows the file systems of the kernel that are mounted when it is made; none where it cannot tell."""

    def __init__(self) -> None:
        try:
            lines = _MOUNTS.read_bytes().splitlines()
        except OSError:
            lines = []
        # Number, parent and device, and behind a lone hyphen the kind; see proc_pid_mountinfo(5).
        mounts = [(line.split()[2], line.partition(b" - ")[2].split()[0].decode()) for line in lines]
        self._kinds = {
            os.makedev(*map(int, device.split(b":"))): kind for device, kind in mounts if kind in _KINDS
        }

    def kind_of(self, folder: Path) -> str | None:
        """Names the kind of file system where a folder belongs to one of the kernel's."""
        return self._kinds.get(folder.stat().st_dev) if self._kinds else None
