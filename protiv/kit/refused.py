"""The one way the product refuses a request. Pure."""


class Refused(Exception):
    """A request is refused, and nothing was changed.

    `message` says why and what to do, `field` which input it belongs to (empty: all of them), `code` never changes.
    """

    def __init__(self, message: str, *, field: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code
