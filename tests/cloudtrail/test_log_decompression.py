import contextlib
import gzip
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.pieces import cut_up
from trailbell.cloudtrail import DamagedContentError, decompress, decompressed

_TEXT = b'{"Records":[]}' * 500
_PACKED = gzip.compress(_TEXT)
_BOUND = 1_000_000

_READ = {
    "plain bytes": (_TEXT, _TEXT),
    "nothing": (b"", b""),
    "one member": (_PACKED, _TEXT),
    "an empty member": (gzip.compress(b""), b""),
    "two members": (_PACKED + gzip.compress(b"tail"), _TEXT + b"tail"),
    "two members of one length": (_PACKED * 2, _TEXT * 2),
    "an empty member before another": (gzip.compress(b"") + _PACKED, _TEXT),
    "zeros behind the last member": (_PACKED + bytes(512), _TEXT),
    "zeros between members": (_PACKED + bytes(3) + _PACKED, _TEXT * 2),
    "three hundred small members": (gzip.compress(b"line\n") * 300, b"line\n" * 300),
}

_FLIPPED = bytearray(_PACKED)
_FLIPPED[len(_PACKED) // 2] ^= 0xFF

_REFUSED = {
    "cut in the header": (_PACKED[:5], True),
    "cut after the magic": (_PACKED[:2], True),
    "cut in the data": (_PACKED[: len(_PACKED) // 2], True),
    "cut in the checksum": (_PACKED[:-6], True),
    "the last byte missing": (_PACKED[:-1], True),
    "the second member cut": (_PACKED + _PACKED[:-1], True),
    "the second member just begun": (_PACKED + b"\x1f", True),
    "a bit flipped": (bytes(_FLIPPED), False),
    "a wrong checksum": (_PACKED[:-8] + bytes(4) + _PACKED[-4:], False),
    "a wrong length": (_PACKED[:-4] + bytes(4), False),
    "an unknown method": (b"\x1f\x8b\x07" + _PACKED[3:], False),
    "text behind the last member": (_PACKED + b"text", False),
    "text behind zeros": (_PACKED + bytes(8) + b"text", False),
}


@pytest.mark.parametrize(("content", "expected"), _READ.values(), ids=_READ)
def test_content_is_unpacked(content: bytes, expected: bytes) -> None:
    assert expected == decompress(content, _BOUND)


@pytest.mark.parametrize(("content", "truncated"), _REFUSED.values(), ids=_REFUSED)
def test_broken_content_is_told_from_content_that_is_still_being_written(
    content: bytes, truncated: bool
) -> None:
    with pytest.raises(DamagedContentError) as caught:
        decompress(content, _BOUND)

    assert truncated == caught.value.truncated


def test_content_of_just_the_bound_is_unpacked() -> None:
    assert decompress(_PACKED, len(_TEXT)) == _TEXT


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(_PACKED, id="one byte too much"),
        pytest.param(gzip.compress(bytes(50_000_000), 9), id="a bomb"),
        pytest.param(gzip.compress(bytes(5_000)) * 2, id="two members, together too much"),
    ],
)
def test_more_than_the_bound_is_refused(content: bytes) -> None:
    with pytest.raises(DamagedContentError, match="holds more than may be read at once") as caught:
        decompress(content, len(_TEXT) - 1)

    assert not caught.value.truncated


def test_the_error_says_what_to_do() -> None:
    with pytest.raises(DamagedContentError) as caught:
        decompress(_PACKED[:-1], _BOUND)

    expected = (
        f"not a readable log file: the gzip stream is cut short at byte {len(_PACKED) - 1}; "
        "read it again once it is complete"
    )
    assert expected == str(caught.value)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=5), st.integers(0, 1500))
def test_members_are_joined_or_refused_by_their_size(parts: list[bytes], bound: int) -> None:
    whole = b"".join(parts)
    packed = b"".join(gzip.compress(part) for part in parts)
    try:
        unpacked = decompress(packed, bound)
    except DamagedContentError:
        unpacked = None

    assert (whole if len(whole) <= bound else None) == unpacked


@given(st.binary(max_size=200))
def test_random_bytes_behind_the_magic_raise_nothing_else(content: bytes) -> None:
    with contextlib.suppress(DamagedContentError):
        decompress(b"\x1f\x8b\x08" + content, 10_000)


def _outcome(content: bytes, bound: int) -> bytes | tuple[str, int, bool]:
    try:
        return decompress(content, bound)
    except DamagedContentError as error:
        return error.reason, error.offset, error.truncated


def _streamed(content: bytes, bound: int, sizes: Sequence[int]) -> bytes | tuple[str, int, bool]:
    try:
        return b"".join(decompressed(cut_up(content, sizes), bound))
    except DamagedContentError as error:
        return error.reason, error.offset, error.truncated


_ALL = {**_READ, **_REFUSED}


@pytest.mark.parametrize("size", [1, 2, 11, 100_000])
@pytest.mark.parametrize("content", [content for content, _ in _ALL.values()], ids=_ALL)
def test_content_that_comes_in_chunks_is_unpacked_or_refused_alike(content: bytes, size: int) -> None:
    assert _outcome(content, _BOUND) == _streamed(content, _BOUND, [size])


_MEMBERS = st.binary(max_size=300).map(lambda part: gzip.compress(part, mtime=0))
_SIZES = st.lists(st.integers(0, 60), min_size=1, max_size=4).filter(any)


@given(st.lists(_MEMBERS | st.just(bytes(3)), min_size=1, max_size=4).map(b"".join), st.data())
def test_damage_in_chunks_is_the_same_as_in_one(content: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(content)))
    added = data.draw(st.sampled_from([b"", b"\0", b"\x1f", b"x"]))
    rest = data.draw(st.sampled_from([place, place + 1, len(content)]))
    damaged = content[:place] + added + content[rest:]

    assert _outcome(damaged, _BOUND) == _streamed(damaged, _BOUND, data.draw(_SIZES))


@given(st.lists(_MEMBERS, min_size=1, max_size=4).map(b"".join), st.integers(0, 900), _SIZES)
def test_the_bound_is_the_same_in_chunks(content: bytes, bound: int, sizes: list[int]) -> None:
    assert _outcome(content, bound) == _streamed(content, bound, sizes)


def test_plain_content_comes_through_chunk_by_chunk_whatever_its_size() -> None:
    chunks = [b"", b"{", b"", b"plain", _TEXT]

    assert [b"{plain", _TEXT] == list(decompressed(chunks, 10))
    assert [b"{"] == list(decompressed([b"{"], 10))
    assert [] == list(decompressed([b""], 10))


def test_a_stream_that_grows_too_large_is_refused_when_it_does() -> None:
    pieces = decompressed([gzip.compress(bytes(5_000_000))], 4_000_000)

    assert sum(len(next(pieces)) for _ in range(3)) > 3_000_000
    with pytest.raises(DamagedContentError, match="holds more than may be read at once"):
        next(pieces)
