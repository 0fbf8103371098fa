"""Study numbers: fixed width, with two check digits that catch slips of pen and keyboard.

A number reads ``LM-S01-0007-19``: the study's prefix, the site, a running number within the site,
and check digits by ISO 7064 MOD 97-10 over all letters and digits before them, a letter counting
as two digits (A = 10 ... Z = 35), as in ISO 17442 and IBAN. They reveal every single wrong
letter or digit and every swap of two neighbouring digits.
"""

from __future__ import annotations

import re
import unicodedata

from qol_app.domain.errors import Conflict, InvalidInput
from qol_app.domain.study import NumberScheme

_SEPARATORS = re.compile(r"[\s_.\u00ad\u2010-\u2015\u2212-]+")
_CHECK_DIGITS = 2


def site_part(site_code: str) -> str:
    """Return a site's code as it stands in study numbers: upper case, letters and digits only."""
    return _compact(site_code)


def format_number(scheme: NumberScheme, site_code: str, n: int) -> str:
    """Return the study number of the ``n``-th participant of a site, counted from 1.

    All numbers of a study have one width if its sites' codes have.

    Raises:
        ValueError: ``n`` is less than 1.
        Conflict: The scheme has too few digits for ``n``.
    """
    if n < 1:
        raise ValueError(f"participants are counted from 1 (got {n})")
    running = f"{n:0{scheme.digits}d}"
    if len(running) > scheme.digits:
        raise Conflict(
            f"site {site_code} has used all its study numbers of {scheme.digits} digits; "
            "an amendment can give numbers more digits"
        )
    return _assemble(scheme, site_part(site_code), running)


def check_number(scheme: NumberScheme, text: str) -> str:
    """Return a typed study number in the form in which numbers are stored.

    Case, spaces, dashes of any kind and full-width characters do not matter.

    Raises:
        InvalidInput: It is not a number of this scheme, or its check digits do not fit.
    """
    compact = _compact(text)
    prefix = _compact(scheme.prefix)
    body = compact.removeprefix(prefix)
    tail = scheme.digits + _CHECK_DIGITS
    site, running, check = body[:-tail], body[-tail:-_CHECK_DIGITS], body[-_CHECK_DIGITS:]
    shape = compact.startswith(prefix) and site[:1].isalpha() and (running + check).isdigit()
    if not (compact.isascii() and compact.isalnum() and shape):
        example = _assemble(scheme, "S01", "1".zfill(scheme.digits))
        raise InvalidInput([f"a study number looks like {example}"])
    if check_digits(prefix + site + running) != check:
        raise InvalidInput(
            ["the study number's last two digits do not fit the rest; look for a slip in it"]
        )
    return _assemble(scheme, site, running)


def check_digits(text: str) -> str:
    """Return the two check digits (02 to 98) of a text of ASCII letters and digits.

    Source:
        ISO/IEC 7064:2003, MOD 97-10; letters as numbers as in ISO 17442.
    """
    return f"{98 - _remainder(text + '00'):02d}"


def _remainder(text: str) -> int:
    return int("".join(str(int(character, 36)) for character in text)) % 97


def _assemble(scheme: NumberScheme, site: str, running: str) -> str:
    check = check_digits(_compact(scheme.prefix) + site + running)
    return f"{scheme.prefix}{site}-{running}-{check}"


def _compact(text: str) -> str:
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
