"""When a read that brings less than before looks like lost access rather than like deleted hours."""

from dataclasses import dataclass, field

from django.conf import settings


@dataclass(slots=True)
class Losses:
    """What the windows of one task lost so far: a loss that is spread over many windows is one loss.

    `is_known`: entries are held already because many were gone; whatever goes now is held with them, or the rest of
    that loss would be voided a few entries at a time, as older days are read again.
    """

    is_known: bool = False
    live: int = 0
    voided: list[int] = field(default_factory=list)

    def look_like_lost_access(self, *, gone: int, live: int) -> bool:
        """Whether `gone` of the `live` entries of a window are too many to be voided, by themselves or with the rest.

        The window is counted into the rest. What was voided of it by mistake is in `voided`.
        """
        self.live += live
        if not gone:
            return False
        is_many = _are_too_many(gone, live) or _are_too_many(len(self.voided) + gone, self.live)
        self.is_known = self.is_known or is_many
        return self.is_known


def _are_too_many(gone: int, live: int) -> bool:
    return gone > settings.SYNC_HOLD_ENTRIES and gone * 100 > settings.SYNC_HOLD_PERCENT * live
