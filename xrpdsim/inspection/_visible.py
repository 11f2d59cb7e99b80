"""Names as they can be shown: what no reader sees or what turns text around is made visible."""

from __future__ import annotations

# Marks that turn the direction of text around, so that a name reads otherwise than it is written.
_TURNS = range(0x202A, 0x202F), range(0x2066, 0x206A)
_REPLACEMENT = 0xFFFD
_VISIBLE = (
    {code: 0x2400 + code for code in range(0x20)}
    | {0x7F: 0x2421, 0x2028: 0x2424, 0x2029: 0x2424, 0xFFFE: _REPLACEMENT, 0xFFFF: _REPLACEMENT}
    | dict.fromkeys([*range(0x80, 0xA0), *_TURNS[0], *_TURNS[1]], _REPLACEMENT)
)


def visible(text: str) -> str:
    r"""Return text of visible characters that any file and picture can hold.

    Control characters become their symbols in Unicode, bytes of a file name that are not UTF-8 are
    written as hexadecimal numbers, and what cannot be shown becomes the replacement character.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> visible("Form\tI"), visible(b"caf\xe9".decode("utf-8", "surrogateescape"))
    ('Form␉I', 'caf\\xe9')
    """
    if text.isprintable():
        return text
    shown = text.translate(_VISIBLE)
    # bytes that Python could not decode stand in names as U+DC80 to U+DCFF
    return "".join(
        f"\\x{ord(c) - 0xDC00:02x}"
        if 0xDC80 <= ord(c) <= 0xDCFF
        else ("\N{REPLACEMENT CHARACTER}" if 0xD800 <= ord(c) <= 0xDFFF else c)
        for c in shown
    )
