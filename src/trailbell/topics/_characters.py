"""Text that can be written as UTF-8, whatever log or client it came from."""

__all__ = ["well_formed"]

_REPLACEMENT = "�"


def well_formed(text: str) -> str:
    """Returns the text with halves of a surrogate pair joined, or replaced where the other half is missing.

    A signature is computed over UTF-8, which cannot hold a half: signer and reader would disagree.
    """
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
