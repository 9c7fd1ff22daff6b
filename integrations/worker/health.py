"""Whether this installation works: the database answers, and the cluster's tick ran lately."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from integrations.worker import schedule


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """200 if both are healthy, else 503; says which one is not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        parts = {"database": True, "cluster": schedule.is_alive(timezone.now())}
    except DatabaseError:
        parts = {"database": False, "cluster": False}
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)
