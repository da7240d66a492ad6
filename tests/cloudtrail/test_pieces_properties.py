"""Reading in pieces is the fast twin of reading whole: on random files both must agree."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from support.pieces import assert_pieces_agree

# What looks like the end of an element, the beginning of a list, or the end of a line.
_TEXTS = st.sampled_from(
    ["}", "},{", ']}"', 'a"b\\', '{"Records":[', "\n", "é🔔", "\ud800", "\ud83d\ude00"]
) | st.text(max_size=5)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.sampled_from([0, -1, -0.5, 1.25e-10, 10**25])
    | st.integers(0, 10**6)
    | _TEXTS
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS | st.just("a"), inner, max_size=3),
    max_leaves=6,
)
_LISTS = st.sampled_from([[{"a": 1}, {"a": 2}], {"Records": [{"a": 1}, {"b": 2}]}, {"Events": []}])


@st.composite
def _records(draw: st.DrawFn) -> dict[str, Any]:
    record = draw(
        st.dictionaries(st.sampled_from(["eventID", "awsRegion", "resources"]), _VALUES | _LISTS, max_size=3)
    )
    if draw(st.integers(0, 4)):
        record = {"eventVersion": "1.08", **record}
    return dict(sorted(record.items())) if draw(st.booleans()) else record


_ELEMENTS = st.lists(_records() | _records() | _records() | _SCALARS, max_size=8)
_GAPS = st.sampled_from([b"", b" ", b"\n", b"\r\n", b"\n \n"])
_LEFT_OVER = st.sampled_from([{}, {}, {"z": {"Records": [1]}, "y": "}]"}])


@st.composite
def _files(draw: st.DrawFn) -> bytes:
    """One file in any framing, of any layout."""
    separators = draw(st.sampled_from([(",", ":"), (", ", ": "), (" ,\n ", " : ")]))
    indent = draw(st.sampled_from([None, None, None, 1]))
    is_ascii = draw(st.booleans())

    def dump(value: Any, *, on_a_line: bool = False) -> bytes:
        layout: dict[str, Any] = {"separators": separators, "indent": indent}
        if on_a_line:
            layout = {"separators": (",", ":")}
        return json.dumps(value, ensure_ascii=is_ascii, **layout).encode("utf-8", "surrogatepass")

    elements = draw(_ELEMENTS)
    key = draw(st.sampled_from(["Records", "Records", "Events"]))
    document = {**draw(_LEFT_OVER), key: elements, **draw(_LEFT_OVER)}
    gap = draw(_GAPS)
    framing = draw(st.sampled_from(["document", "document", "array", "lines", "row", "documents", "one"]))
    if framing == "document":
        content = dump(document)
    elif framing == "array":
        content = draw(st.sampled_from([b",", b"\n,", b" ,\n"])).join(map(dump, elements)).join((b"[", b"]"))
    elif framing == "lines":
        is_listing = draw(st.booleans())
        content = b"\n".join(
            dump({"Records": [each, each]} if is_listing else each, on_a_line=True) for each in elements
        )
    elif framing == "row":
        content = gap.join(map(dump, elements))
    elif framing == "documents":
        content = gap.join(dump({"Records": [each] * 3}) for each in elements)
    else:
        content = dump({"detail-type": "x", "detail": elements[0] if elements else {}})
    return draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf", b"\n", b" "])) + content + draw(_GAPS)


@st.composite
def _damaged_files(draw: st.DrawFn) -> bytes:
    """One file with something missing, added or changed anywhere."""
    content = draw(_files())
    start = draw(st.integers(0, len(content)))
    end = draw(st.sampled_from([start, start + 1, len(content)]) | st.integers(start, start + 20))
    added = draw(st.sampled_from([b"", b"", *(bytes([each]) for each in b'"{}[],:\\\n 0-x\xff\0')]))
    return content[:start] + added + content[end:]


_PIECE_BYTES = st.sampled_from([1, 2, 16, 50, 100, 200, 400])
_CHUNK_SIZES = st.lists(st.sampled_from([0, 1, 2, 3, 7, 40, 500]), min_size=1, max_size=4).filter(any)


@given(_files(), _PIECE_BYTES, _CHUNK_SIZES)
def test_pieces_together_are_the_whole_reading(content: bytes, piece_bytes: int, sizes: list[int]) -> None:
    assert_pieces_agree(content, piece_bytes, sizes)


@given(_files() | _damaged_files(), _PIECE_BYTES, _CHUNK_SIZES)
def test_what_was_appended_to_lines_is_the_same_in_pieces(
    content: bytes, piece_bytes: int, sizes: list[int]
) -> None:
    assert_pieces_agree(content, piece_bytes, sizes, goes_on=True)


@given(_damaged_files(), _PIECE_BYTES, _CHUNK_SIZES)
def test_damage_is_the_same_in_pieces(content: bytes, piece_bytes: int, sizes: list[int]) -> None:
    assert_pieces_agree(content, piece_bytes, sizes)


_TOKENS = st.sampled_from(
    [
        *(b'{"Records":[', b"]}", b"{", b"}", b"[", b"]", b",", b":", b"\n", b"\r\n", b" ", b"\xef\xbb\xbf"),
        *(b'"', b"\\", b"\\ud800", b'"eventVersion"', b'"a":1', b"\xff", b"\xff\xfe", b"\0", b"1e9", b"-"),
        *(b'{"eventID":"1"}', b'{"CloudTrailEvent":"{}"}', b'{"Events":[', b"},{", b"[{},{}]", b"null"),
        b'{"messageType":"CONTROL_MESSAGE","logEvents":[]}',
    ]
)


@given(st.lists(_TOKENS, max_size=14).map(b"".join), st.integers(1, 12), _CHUNK_SIZES)
def test_random_text_is_the_same_in_pieces(content: bytes, piece_bytes: int, sizes: list[int]) -> None:
    assert_pieces_agree(content, piece_bytes, sizes)
