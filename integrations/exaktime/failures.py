"""Every way in which ExakTime can fail, with its text for the user. Pure.

A text says what happened, what it means for the numbers, and what to do. Nothing that ExakTime sent is repeated in it:
an answer may echo what we sent, including the password.
"""

from integrations.providers.base import AuthenticationFailed, SourceUnavailable, UnexpectedResponse

# Where a failure happened decides what it means for the user.
_NOTHING_SAVED = "Nothing was saved or changed, and this doesn't mean that your username or password is wrong."
# A Company ID that doesn't exist may fail as early as in the look-up of its name (I).
_CHECK_ADDRESS = " If it keeps failing, check that https://<Company ID>.exaktime.com opens in your browser."
_HOURS_STAY = "The hours you see here haven't changed. We'll retry automatically. You don't need to do anything."
_TELL_US = "No hours were changed. Contact support; we need to look into this."
_ASK_ADMINISTRATOR = "Ask the person who manages ExakTime in your company"

_SOURCE_TEXTS = {
    "UNREACHABLE": "We couldn't reach ExakTime.",
    "TIMED_OUT": "ExakTime took too long to respond.",
    "SERVER_ERROR": "ExakTime had an internal error. It may be down for its nightly update.",
    "CUT_SHORT": "The connection to ExakTime was interrupted.",
    "NOT_JSON": "ExakTime didn't return usable data. It may be down for an update.",
    "BUSY": "ExakTime is busy and asked us to wait.",
    "BLOCKED": "A firewall at ExakTime blocked us.",
}


def source_unavailable(
    code: str, *, signing_in: bool = False, retry_after_seconds: int | None = None
) -> SourceUnavailable:
    """ExakTime is unreachable, busy, or broken for now. The credentials are never blamed for it."""
    if signing_in:
        when = f"in {retry_after_seconds} seconds" if retry_after_seconds else "in a few minutes"
        meaning = f"{_NOTHING_SAVED} Try again {when}.{_CHECK_ADDRESS if code == 'UNREACHABLE' else ''}"
    else:
        meaning = _HOURS_STAY
    return SourceUnavailable(f"{_SOURCE_TEXTS[code]} {meaning}", code=code, retry_after_seconds=retry_after_seconds)


def kept_changing() -> SourceUnavailable:
    """A list that kept changing while it was read."""
    return SourceUnavailable(
        "ExakTime's data kept changing while we read it, so we can't be sure that we saw all of it. No hours were "
        "changed. We'll retry automatically. You don't need to do anything.",
        code="KEPT_CHANGING",
    )


def wrong_credentials() -> AuthenticationFailed:
    """401, and 404 CompanyNotFound: one text, so that no one learns which of the three is right (exaktime.md 3.1)."""
    return AuthenticationFailed(
        "ExakTime didn't accept this username, password, or Company ID. No hours were changed. Check all three: they "
        "are the ones you use to sign in at https://<Company ID>.exaktime.com in a browser.",
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
        f"were changed. {_ASK_ADMINISTRATOR} to give it those permissions, then connect again.",
    ),
    "MfaRequired": (
        "MFA_REQUIRED",
        "This ExakTime account uses two-step sign-in, which syncing doesn't support. No hours were changed. Connect "
        "with an account that doesn't use two-step sign-in.",
    ),
}


def sign_in_refused(vendor_code: str) -> AuthenticationFailed:
    """403 at sign-in."""
    code, text = _REFUSALS.get(
        vendor_code,
        (
            "ACCESS_REFUSED",
            "ExakTime rejected this account without giving a reason we recognize. No hours were changed. "
            f"{_ASK_ADMINISTRATOR} to check that the account can sign in and read time records.",
        ),
    )
    return AuthenticationFailed(text, code=code)


def lost_right(vendor_code: str) -> AuthenticationFailed:
    """403 in the middle of a sync: the login was good a moment ago."""
    if vendor_code in ("AccountInactive", "MfaRequired"):
        return sign_in_refused(vendor_code)
    return AuthenticationFailed(
        "This ExakTime account signed in, but it can't read everything a sync needs, or it lost a permission during "
        "the sync. The hours you see here haven't changed. {_ASK_ADMINISTRATOR} to let it read employees, locations, "
        "cost codes, pay periods, and time records, then connect again.",
        code="READ_NOT_PERMITTED",
    )


def session_refused() -> AuthenticationFailed:
    """401 again, right after a successful new sign-in."""
    return AuthenticationFailed(
        "ExakTime accepted the login but then rejected it twice during the sync. The hours you see here haven't "
        "changed. Enter the username and password again; if that doesn't help, contact support.",
        code="SESSION_REFUSED",
    )


_UNEXPECTED_TEXTS = {
    "REDIRECTED": "ExakTime redirected us to another address, which we don't allow.",
    "NOT_FOUND": "ExakTime said a page we need doesn't exist.",
    "UNEXPECTED_STATUS": "ExakTime sent a response we don't recognize.",
    "WRONG_SHAPE": "ExakTime's response wasn't in the expected format.",
    "TOO_LARGE": "ExakTime's response was far larger than it should be, so we stopped reading it.",
    "NOT_ASKED_FOR": "ExakTime sent time records for days we didn't request.",
}


def unexpected(code: str) -> UnexpectedResponse:
    """An answer that we can't read: ours to investigate."""
    return UnexpectedResponse(f"{_UNEXPECTED_TEXTS[code]} {_TELL_US}", code=code)
