"""Every way in which ExakTime can fail us, with its text for the user. Pure.

A text says what happened, what it means for the numbers, and what to do. Nothing that ExakTime sent is repeated in
it: an answer may echo what we sent, the password too.
"""

from integrations.providers.base import AuthenticationFailed, SourceUnavailable, UnexpectedResponse

# Where a failure happened decides what it means for the user.
_NOTHING_SAVED = "Nothing was saved or changed, and this doesn't mean that your user name or password is wrong."
# A Company ID that doesn't exist may fail as early as in the look-up of its name (I).
_CHECK_ADDRESS = " If it keeps failing, check that https://<Company ID>.exaktime.com opens in your browser."
_HOURS_STAY = (
    "The hours that you see here stay as they were. We'll try again by ourselves; you don't need to do anything."
)
_TELL_US = "Nothing was changed here. Please contact our support; we need to look into this."
_ASK_ADMINISTRATOR = "Ask the person who manages ExakTime in your company"

_SOURCE_TEXTS = {
    "UNREACHABLE": "We couldn't reach ExakTime.",
    "TIMED_OUT": "ExakTime took too long to answer.",
    "SERVER_ERROR": "ExakTime reported a problem of its own; it may be down for its nightly update.",
    "CUT_SHORT": "The connection to ExakTime broke off in the middle of an answer.",
    "NOT_JSON": "ExakTime sent a web page or nothing at all where data should be; it may be down for its update.",
    "BUSY": "ExakTime is busy and asked us to wait.",
    "BLOCKED": "A firewall in front of ExakTime turned us away.",
}


def source_unavailable(
    code: str, *, signing_in: bool = False, retry_after_seconds: int | None = None
) -> SourceUnavailable:
    """ExakTime is away, busy or broken for now. The credentials are never called wrong for it."""
    if signing_in:
        when = f"in {retry_after_seconds} seconds" if retry_after_seconds else "in a few minutes"
        meaning = f"{_NOTHING_SAVED} Try again {when}.{_CHECK_ADDRESS if code == 'UNREACHABLE' else ''}"
    else:
        meaning = _HOURS_STAY
    return SourceUnavailable(f"{_SOURCE_TEXTS[code]} {meaning}", code=code, retry_after_seconds=retry_after_seconds)


def kept_changing() -> SourceUnavailable:
    """A list that was never twice the same while it was read."""
    return SourceUnavailable(
        "ExakTime's data kept changing while we read it, so we can't be sure that we saw all of it. Nothing was "
        "changed here. We'll try again by ourselves; you don't need to do anything.",
        code="KEPT_CHANGING",
    )


def wrong_credentials() -> AuthenticationFailed:
    """401, and 404 CompanyNotFound: one text, so nobody can find out which of the three is right (exaktime.md 3.1)."""
    return AuthenticationFailed(
        "ExakTime didn't accept this user name, password, or Company ID. No hours were changed. Check all three: they "
        "are the ones that you use to sign in at https://<Company ID>.exaktime.com in a browser.",
        code="INVALID_CREDENTIALS",
    )


_REFUSALS = {
    "AccountInactive": (
        "ACCOUNT_INACTIVE",
        "ExakTime says that this account is inactive. No hours were changed. "
        f"{_ASK_ADMINISTRATOR} to make the account active again, or connect with another account.",
    ),
    "ReadNotPermitted": (
        "READ_NOT_PERMITTED",
        "This ExakTime account isn't allowed to read employees, locations, cost codes, and time records. No hours "
        f"were changed. {_ASK_ADMINISTRATOR} to give it those rights, then connect again.",
    ),
    "MfaRequired": (
        "MFA_REQUIRED",
        "This ExakTime account asks for a second step (a code) at sign-in, which a sync can't give. No hours were "
        "changed. Connect with an account that doesn't need the second step.",
    ),
}


def sign_in_refused(vendor_code: str) -> AuthenticationFailed:
    """403 at sign-in."""
    code, text = _REFUSALS.get(
        vendor_code,
        (
            "ACCESS_REFUSED",
            "ExakTime refused this account and gave no reason that we know. No hours were changed. "
            f"{_ASK_ADMINISTRATOR} to check that the account may sign in and read time records.",
        ),
    )
    return AuthenticationFailed(text, code=code)


def lost_right(vendor_code: str) -> AuthenticationFailed:
    """403 in the middle of a sync: the login was good a moment ago."""
    if vendor_code in ("AccountInactive", "MfaRequired"):
        return sign_in_refused(vendor_code)
    return AuthenticationFailed(
        "This ExakTime account signed in, but it may not read everything that a sync needs, or it lost a right while "
        "we read. The hours that you see here stay as they were. "
        f"{_ASK_ADMINISTRATOR} to let it read employees, locations, cost codes, pay periods, and time records, then "
        "connect again.",
        code="READ_NOT_PERMITTED",
    )


def session_refused() -> AuthenticationFailed:
    """401 again, straight after a new sign-in that went well."""
    return AuthenticationFailed(
        "ExakTime accepted the sign-in but then refused it twice while we read. The hours that you see here stay as "
        "they were. Enter the credentials again; if that doesn't help, contact our support.",
        code="SESSION_REFUSED",
    )


_UNEXPECTED_TEXTS = {
    "REDIRECTED": "ExakTime sent us to another address, which we don't follow.",
    "NOT_FOUND": "ExakTime doesn't know a page that we need.",
    "UNEXPECTED_STATUS": "ExakTime gave an answer that we don't know.",
    "WRONG_SHAPE": "ExakTime's answer doesn't look the way we know it.",
    "TOO_LARGE": "ExakTime's answer was far larger than it should be, so we stopped reading it.",
    "NOT_ASKED_FOR": "ExakTime sent time records of days that we didn't ask for.",
}


def unexpected(code: str) -> UnexpectedResponse:
    """An answer that we can't read: ours to look into."""
    return UnexpectedResponse(f"{_UNEXPECTED_TEXTS[code]} {_TELL_US}", code=code)
