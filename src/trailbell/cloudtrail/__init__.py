"""What CloudTrail writes: names of files, framings of records, and what a record says about who did what."""

from trailbell.cloudtrail._damage import DamagedContentError
from trailbell.cloudtrail._decompression import decompress, decompressed
from trailbell.cloudtrail._facts import RecordFacts, facts_of
from trailbell.cloudtrail._file_names import FileKind, LogFileName, object_key, parse_file_name
from trailbell.cloudtrail._pieces import read_pieces
from trailbell.cloudtrail._principals import Principal, PrincipalKind, principal_of
from trailbell.cloudtrail._reading import read_records
from trailbell.cloudtrail._records import MAXIMUM_RECORD_BYTES, RawRecord, Reading, RejectedRecord

__all__ = [
    "MAXIMUM_RECORD_BYTES",
    "DamagedContentError",
    "FileKind",
    "LogFileName",
    "Principal",
    "PrincipalKind",
    "RawRecord",
    "Reading",
    "RecordFacts",
    "RejectedRecord",
    "decompress",
    "decompressed",
    "facts_of",
    "object_key",
    "parse_file_name",
    "principal_of",
    "read_pieces",
    "read_records",
]
