"""The Company ID a customer enters, and the one address that may be built from it. Pure.

The form, the model and the client all call `normalize_company_id`, so that there is one definition of a Company ID
(exaktime.md 1 and 2).
"""

import re
from urllib.parse import urlsplit

from protiv.kit.refused import Refused

PLACEHOLDER = "{company_id}"
VENDOR_SUFFIX = ".exaktime.com"
RESERVED_LABELS = frozenset({"www", "status", "support", "api"})

# Used with fullmatch only: `$` would let a trailing newline pass. Contract 1 (I): one DNS label, ASCII.
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_HOST_TAIL = r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
_TEMPLATE = re.compile(rf"(?P<scheme>https?)://\{{company_id\}}(?P<tail>{_HOST_TAIL})(?P<port>:[0-9]{{1,5}})?/?")
_FIXED_ADDRESS = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?/?")


class InvalidBaseUrl(ValueError):
    """The setting EXAKTIME_BASE_URL can't be used. The text is for the operator."""


def normalize_company_id(text: str) -> str:
    """The bare Company ID, spelled as entered, or Refused. Compare the results case-insensitively."""
    typed = text.strip()
    if not typed:
        raise _invalid("empty")
    if any(character.isspace() for character in typed):
        raise _invalid("spaces")
    # Before lower(): other alphabets have characters whose lower case is an ASCII letter.
    if not typed.isascii():
        raise _invalid("invalid")
    label = _without_address(typed)
    if not label:
        raise _invalid("empty")
    if not _LABEL.fullmatch(label) or label.lower().startswith("xn--"):
        raise _invalid("invalid")
    if label.lower() in RESERVED_LABELS:
        raise _invalid("reserved")
    return label


def build_base_url(template: str, company_id: str, *, allow_insecure: bool = False) -> str:
    """The address of one customer's ExakTime, without a trailing slash (exaktime.md 2).

    An address without `{company_id}` (the sandbox) or without https is accepted only if `allow_insecure` is set, which
    a production start-up refuses.
    """
    label = normalize_company_id(company_id).lower()
    if not allow_insecure and not template.startswith("https://"):
        raise InvalidBaseUrl("EXAKTIME_BASE_URL must begin with https://.")
    if PLACEHOLDER not in template:
        return _fixed_address(template, allow_insecure=allow_insecure)
    match = _TEMPLATE.fullmatch(template)
    if not match:
        raise InvalidBaseUrl("EXAKTIME_BASE_URL must look like https://{company_id}.exaktime.com, without a path.")
    host = label + match["tail"].lower()
    url = f"{match['scheme']}://{host}{match['port'] or ''}"
    _check_host(url, host)
    return url


def _without_address(typed: str) -> str:
    """What is left of a pasted address: no scheme, path, query, fragment, trailing dot, vendor suffix."""
    host = re.split(r"[/?#]", _SCHEME.sub("", typed, count=1) if _SCHEME.match(typed) else typed, maxsplit=1)[0]
    host = host.removesuffix(".")
    if host.lower().endswith(VENDOR_SUFFIX):
        host = host[: -len(VENDOR_SUFFIX)]
    return host


def _fixed_address(template: str, *, allow_insecure: bool) -> str:
    if not allow_insecure:
        raise InvalidBaseUrl(
            "EXAKTIME_BASE_URL must contain {company_id}. A fixed address, such as the sandbox's, needs "
            "EXAKTIME_ALLOW_INSECURE_BASE_URL."
        )
    if not _FIXED_ADDRESS.fullmatch(template):
        raise InvalidBaseUrl("EXAKTIME_BASE_URL must be a scheme and a host, with an optional port and no path.")
    return template.rstrip("/")


def _check_host(url: str, host: str) -> None:
    """A second check that the built address has the expected host."""
    parts = urlsplit(url)
    if parts.hostname != host or parts.username is not None or parts.password is not None:
        raise InvalidBaseUrl("The address built from EXAKTIME_BASE_URL leads to another host.")


_MESSAGES = {
    "empty": "Enter your Company ID: the part before .exaktime.com in your ExakTime address.",
    "spaces": "The Company ID must not contain spaces. Use the part before .exaktime.com in your ExakTime address.",
    "invalid": (
        "This isn't a Company ID. Use only the part before .exaktime.com in your ExakTime address: letters, digits, "
        "and hyphens. For https://acme.exaktime.com that is acme."
    ),
    "reserved": (
        "This address belongs to ExakTime itself, not to a company. Use the part before .exaktime.com in the address "
        "where you sign in to ExakTime."
    ),
}


def _invalid(code: str) -> Refused:
    return Refused(_MESSAGES[code], code=code)
