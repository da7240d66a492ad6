"""Who did it: the mergeable, bounded summary of records kept with every datapoint, and its sentence."""

from trailbell.evidence._encoding import UnreadableEvidenceError, decode, encode, to_json
from trailbell.evidence._evidence import (
    MAXIMUM_EXAMPLES,
    MAXIMUM_KEYS,
    Dimension,
    Evidence,
    Example,
    KeyCount,
    PrincipalCount,
    evidence_of,
    merge,
)
from trailbell.evidence._wording import sentence, shown

__all__ = [
    "MAXIMUM_EXAMPLES",
    "MAXIMUM_KEYS",
    "Dimension",
    "Evidence",
    "Example",
    "KeyCount",
    "PrincipalCount",
    "UnreadableEvidenceError",
    "decode",
    "encode",
    "evidence_of",
    "merge",
    "sentence",
    "shown",
    "to_json",
]
