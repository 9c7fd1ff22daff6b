"""Looks for a secret everywhere an error reporter would: texts, causes, and local variables."""

import traceback

PASSWORD = "correct-horse-7391"
USERNAME = "sync-user-5521"
TOKEN = "opaque-token-8842"
SECRETS = (PASSWORD, USERNAME, TOKEN)


def visible_in(error):
    """All that could be shown of an error: every chained exception, and each local of our own and foreign frames."""
    shown = []
    while error is not None:
        shown += [str(error), repr(error), repr(vars(error)), "".join(traceback.format_exception(error))]
        for frame, _line in traceback.walk_tb(error.__traceback__):
            if "/tests/" not in frame.f_code.co_filename and "/responses/" not in frame.f_code.co_filename:
                shown += [f"{frame.f_code.co_qualname}.{name}={value!r}" for name, value in frame.f_locals.items()]
        error = error.__cause__ or error.__context__
    return "\n".join(shown)


def assert_no_secret(text):
    for secret in SECRETS:
        assert secret not in text
