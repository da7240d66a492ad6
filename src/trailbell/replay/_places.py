"""Where in a text a value lies that was decoded from it without a copy."""

import ctypes
from collections.abc import Callable

import msgspec

__all__ = ["place_in"]


class _Buffer(ctypes.Structure):
    """A view of an object's memory, as the buffer protocol of Python lays it out."""

    _fields_ = (
        ("memory", ctypes.c_void_p),
        ("object", ctypes.py_object),
        ("size_bytes", ctypes.c_ssize_t),
        ("item_bytes", ctypes.c_ssize_t),
        ("is_read_only", ctypes.c_int),
        ("dimensions", ctypes.c_int),
        ("format", ctypes.c_char_p),
        ("shape", ctypes.c_void_p),
        ("strides", ctypes.c_void_p),
        ("suboffsets", ctypes.c_void_p),
        ("internal", ctypes.c_void_p),
    )


_get_buffer = ctypes.pythonapi.PyObject_GetBuffer
_get_buffer.argtypes = (ctypes.py_object, ctypes.POINTER(_Buffer), ctypes.c_int)
_release_buffer = ctypes.pythonapi.PyBuffer_Release
_release_buffer.argtypes = (ctypes.POINTER(_Buffer),)
_release_buffer.restype = None


def place_in(text: bytes) -> Callable[[msgspec.Raw], int]:
    """Returns what tells where in a text a value begins that was decoded from it; -1 where it lies elsewhere.

    The decoder does not tell, but the value is a part of the text's memory.
    """
    view = _Buffer()
    base, size_bytes = _address(text, view), len(text)

    def place(value: msgspec.Raw) -> int:
        at = _address(value, view) - base
        return at if 0 <= at < size_bytes else -1

    return place


def _address(value: object, view: _Buffer) -> int:
    _get_buffer(value, view, 0)
    address: int = view.memory
    _release_buffer(view)
    return address
