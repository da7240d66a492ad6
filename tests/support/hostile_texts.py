"""Texts put together from what ends, opens or escapes something in shells, HCL, JSON and templates."""

from hypothesis import strategies

__all__ = ["hostile_texts"]

_PIECES = (
    *("'", '"', "`", "\\", "$", "${", "$${", "%{", "%%{", "}", "$(touch hit)", "!", "!!", "!hit", "!=", "#"),
    *("\n", "\r\n", "\t", "\0", "\x1b[31m", "\x7f", "\u202e", "\u2028", "\ufeff", "é", "e\u0301", "😀", "语"),
    *(
        "; touch hit",
        "&& touch hit",
        "| touch hit",
        "> hit",
        "~",
        "*",
        "=x",
        "-",
        "--",
        " ",
        "\\u0027",
        "\\n",
    ),
    *(
        "file://",
        "fileb://x",
        "https://example.com/",
        "EOT",
        "<<EOT\n",
        "{{resolve:ssm:x}}",
        "/*",
        "*/",
        "//",
    ),
    *("Fn::Sub", "Ref", "$.a = b", "null", "for"),
)


def hostile_texts(longest: int = 12) -> strategies.SearchStrategy[str]:
    """Texts of some such pieces and characters."""
    characters = strategies.characters(codec="utf-8")
    return strategies.lists(strategies.sampled_from(_PIECES) | characters, max_size=longest).map("".join)
