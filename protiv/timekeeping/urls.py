"""Time, Team and Jobs."""

from django.urls import path

from protiv.timekeeping.views import jobs, team, time, wages

urlpatterns = [
    path("time/", time.time_list, name="time_list"),
    path("time/export.csv", time.time_export, name="time_export"),
    path("time/<int:pk>/", time.time_entry, name="time_entry"),
    path("team/", team.worker_list, name="worker_list"),
    path("team/<int:pk>/", team.worker_detail, name="worker_detail"),
    path("team/<int:pk>/link/", team.worker_link, name="worker_link"),
    path("team/<int:pk>/wages/", wages.wage_set, name="wage_set"),
    path("team/<int:pk>/wages/<int:wage_pk>/", wages.wage_correct, name="wage_correct"),
    path("team/<int:pk>/wages/<int:wage_pk>/remove/", wages.wage_remove, name="wage_remove"),
    path("team/wages/", wages.wage_set_many, name="wage_set_many"),
    path("team/wages/start/", wages.wage_start_late, name="wage_start_late"),
    path("team/wages/import/", wages.wage_import, name="wage_import"),
    path("team/wages/import/confirm/", wages.wage_import_confirm, name="wage_import_confirm"),
    path("team/wages/template.csv", wages.wage_template, name="wage_template"),
    path("jobs/", jobs.job_list, name="job_list"),
    path("jobs/<int:pk>/", jobs.job_detail, name="job_detail"),
    path("jobs/<int:pk>/state/", jobs.job_state, name="job_state"),
]
