import datetime
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_user_language"),
    ]

    operations = [
        migrations.CreateModel(
            name="PayPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_date", models.DateField(blank=True, null=True)),
                (
                    "workweek_start",
                    models.CharField(
                        choices=[
                            ("MONDAY", "Monday"),
                            ("TUESDAY", "Tuesday"),
                            ("WEDNESDAY", "Wednesday"),
                            ("THURSDAY", "Thursday"),
                            ("FRIDAY", "Friday"),
                            ("SATURDAY", "Saturday"),
                            ("SUNDAY", "Sunday"),
                        ],
                        default="MONDAY",
                        max_length=9,
                    ),
                ),
                ("workday_start", models.TimeField(default=datetime.time(0, 0))),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("AL", "Alabama"),
                            ("AK", "Alaska"),
                            ("AS", "American Samoa"),
                            ("AZ", "Arizona"),
                            ("AR", "Arkansas"),
                            ("CA", "California"),
                            ("CO", "Colorado"),
                            ("CT", "Connecticut"),
                            ("DE", "Delaware"),
                            ("DC", "District of Columbia"),
                            ("FL", "Florida"),
                            ("GA", "Georgia"),
                            ("GU", "Guam"),
                            ("HI", "Hawaii"),
                            ("ID", "Idaho"),
                            ("IL", "Illinois"),
                            ("IN", "Indiana"),
                            ("IA", "Iowa"),
                            ("KS", "Kansas"),
                            ("KY", "Kentucky"),
                            ("LA", "Louisiana"),
                            ("ME", "Maine"),
                            ("MD", "Maryland"),
                            ("MA", "Massachusetts"),
                            ("MI", "Michigan"),
                            ("MN", "Minnesota"),
                            ("MS", "Mississippi"),
                            ("MO", "Missouri"),
                            ("MT", "Montana"),
                            ("NE", "Nebraska"),
                            ("NV", "Nevada"),
                            ("NH", "New Hampshire"),
                            ("NJ", "New Jersey"),
                            ("NM", "New Mexico"),
                            ("NY", "New York"),
                            ("NC", "North Carolina"),
                            ("ND", "North Dakota"),
                            ("MP", "Northern Mariana Islands"),
                            ("OH", "Ohio"),
                            ("OK", "Oklahoma"),
                            ("OR", "Oregon"),
                            ("PA", "Pennsylvania"),
                            ("PR", "Puerto Rico"),
                            ("RI", "Rhode Island"),
                            ("SC", "South Carolina"),
                            ("SD", "South Dakota"),
                            ("TN", "Tennessee"),
                            ("TX", "Texas"),
                            ("VI", "US Virgin Islands"),
                            ("UT", "Utah"),
                            ("VT", "Vermont"),
                            ("VA", "Virginia"),
                            ("WA", "Washington"),
                            ("WV", "West Virginia"),
                            ("WI", "Wisconsin"),
                            ("WY", "Wyoming"),
                        ],
                        max_length=2,
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("FLAT_SUM", "Flat sum (divided by non-overtime hours)"),
                            ("PRODUCTION", "Production (divided by all hours)"),
                        ],
                        default="FLAT_SUM",
                        max_length=10,
                    ),
                ),
                (
                    "divisor",
                    models.CharField(
                        choices=[
                            ("GREATER", "Whichever pays the worker more"),
                            ("PERIOD", "Hours of the whole time in which it was earned"),
                            ("WEEK", "Hours of each workweek"),
                        ],
                        default="GREATER",
                        max_length=7,
                    ),
                ),
                (
                    "take_back",
                    models.CharField(
                        choices=[
                            ("NEVER", "Never"),
                            ("WITH_CONSENT", "With the worker's written consent"),
                            ("YES", "Yes"),
                        ],
                        default="WITH_CONSENT",
                        max_length=12,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pay_policies",
                        to="accounts.company",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "pay policies",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "from_date"), name="one_pay_policy_per_day"),
                    models.UniqueConstraint(
                        condition=models.Q(("from_date", None)), fields=("company",), name="one_first_pay_policy"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "workweek_start__in",
                                ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"],
                            )
                        ),
                        name="pay_policy_workweek_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "",
                                    "AL",
                                    "AK",
                                    "AS",
                                    "AZ",
                                    "AR",
                                    "CA",
                                    "CO",
                                    "CT",
                                    "DE",
                                    "DC",
                                    "FL",
                                    "GA",
                                    "GU",
                                    "HI",
                                    "ID",
                                    "IL",
                                    "IN",
                                    "IA",
                                    "KS",
                                    "KY",
                                    "LA",
                                    "ME",
                                    "MD",
                                    "MA",
                                    "MI",
                                    "MN",
                                    "MS",
                                    "MO",
                                    "MT",
                                    "NE",
                                    "NV",
                                    "NH",
                                    "NJ",
                                    "NM",
                                    "NY",
                                    "NC",
                                    "ND",
                                    "MP",
                                    "OH",
                                    "OK",
                                    "OR",
                                    "PA",
                                    "PR",
                                    "RI",
                                    "SC",
                                    "SD",
                                    "TN",
                                    "TX",
                                    "VI",
                                    "UT",
                                    "VT",
                                    "VA",
                                    "WA",
                                    "WV",
                                    "WI",
                                    "WY",
                                ],
                            )
                        ),
                        name="pay_policy_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("method__in", ["FLAT_SUM", "PRODUCTION"])), name="pay_policy_method_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("divisor__in", ["GREATER", "PERIOD", "WEEK"])),
                        name="pay_policy_divisor_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("take_back__in", ["NEVER", "WITH_CONSENT", "YES"])),
                        name="pay_policy_take_back_known",
                    ),
                ],
            },
        ),
    ]
