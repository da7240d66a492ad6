"""Where events come from: what every source promises, and the folder that is watched."""

from trailbell.sources._contract import FileContent, FoundFile, Source, SourceError, UnreadableFile
from trailbell.sources._directory import DirectorySource
from trailbell.sources._in_memory import MemorySource
from trailbell.sources._opened import OpenedFile
from trailbell.sources._placing import place_file, take_file_away

__all__ = [
    "DirectorySource",
    "FileContent",
    "FoundFile",
    "MemorySource",
    "OpenedFile",
    "Source",
    "SourceError",
    "UnreadableFile",
    "place_file",
    "take_file_away",
]
