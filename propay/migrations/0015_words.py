"""The labels of choices change; no column does."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("propay", "0014_entry_kind_words"),
    ]

    operations = [
        migrations.AlterField(
            model_name="automationexclusion",
            name="kind",
            field=models.CharField(
                choices=[
                    ("NAME_PATTERN", "Jobs by name or number"),
                    ("COST_CODE", "Jobs with time only on one cost code"),
                    ("JOB", "One job"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="automationrule",
            name="moment",
            field=models.CharField(
                choices=[
                    ("FIRST_TIME", "When a job gets its first time entry"),
                    ("JOB_APPEARS", "As soon as a job is imported"),
                ],
                default="FIRST_TIME",
                max_length=11,
            ),
        ),
        migrations.AlterField(
            model_name="bonussettings",
            name="overtime_method",
            field=models.CharField(
                choices=[
                    ("FLAT_SUM", "Flat sum (divided by non-overtime hours)"),
                    ("PRODUCTION", "Production (divided by all hours)"),
                ],
                default="FLAT_SUM",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="bonussettings",
            name="overtime_rule",
            field=models.CharField(
                choices=[
                    ("FEDERAL", "Federal: over 40 hours in the workweek"),
                    ("CALIFORNIA", "California: daily, seventh-day, and weekly"),
                ],
                default="FEDERAL",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="condition",
            name="kind",
            field=models.CharField(
                choices=[
                    ("PENALTY", "Penalty: subtracts an amount from the bonus pool"),
                    ("DISQUALIFIER", "Disqualifier: no bonus if the condition fails"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="planversion",
            name="budget_type",
            field=models.CharField(
                blank=True,
                choices=[
                    ("HOURS", "Hours"),
                    ("AMOUNT", "Dollar amount"),
                    ("PERCENT_OF_CONTRACT", "Percentage of contract price"),
                    ("RATE", "Rate per unit"),
                    ("TASKS", "By cost code"),
                ],
                max_length=19,
            ),
        ),
        migrations.AlterField(
            model_name="planversion",
            name="distribution",
            field=models.CharField(
                choices=[
                    ("PER_HOUR", "By hours worked"),
                    ("EQUAL", "Equally"),
                    ("HOURS_TIMES_WAGE", "By hours × wage"),
                    ("WAGE", "By wage"),
                    ("LEAD_WEIGHTED", "Equally, with more weight for the lead"),
                    ("FIXED_PERCENT", "By fixed percentages"),
                    ("MANUAL", "By amounts you enter"),
                ],
                default="PER_HOUR",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="propay",
            name="adjustment_type",
            field=models.CharField(
                blank=True,
                choices=[
                    ("PERCENT", "By a percentage"),
                    ("MULTIPLY", "Multiply by a factor"),
                    ("AMOUNT", "Set to a dollar amount"),
                    ("HOURS", "Set to a number of hours"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="propay",
            name="budget_type",
            field=models.CharField(
                choices=[
                    ("HOURS", "Hours"),
                    ("AMOUNT", "Dollar amount"),
                    ("PERCENT_OF_CONTRACT", "Percentage of contract price"),
                    ("RATE", "Rate per unit"),
                    ("TASKS", "By cost code"),
                ],
                max_length=19,
            ),
        ),
        migrations.AlterField(
            model_name="propay",
            name="distribution",
            field=models.CharField(
                choices=[
                    ("PER_HOUR", "By hours worked"),
                    ("EQUAL", "Equally"),
                    ("HOURS_TIMES_WAGE", "By hours × wage"),
                    ("WAGE", "By wage"),
                    ("LEAD_WEIGHTED", "Equally, with more weight for the lead"),
                    ("FIXED_PERCENT", "By fixed percentages"),
                    ("MANUAL", "By amounts you enter"),
                ],
                default="PER_HOUR",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="share",
            name="role",
            field=models.CharField(
                choices=[("CREW", "Crew"), ("LEAD", "Crew lead"), ("MANAGER", "Manager"), ("OTHER", "Other")],
                default="CREW",
                max_length=7,
            ),
        ),
        migrations.AlterField(
            model_name="snapshot",
            name="kind",
            field=models.CharField(
                choices=[("APPROVAL", "Approved"), ("ADJUSTMENT", "Adjusted after approval")], max_length=10
            ),
        ),
        migrations.AlterField(
            model_name="statementline",
            name="kind",
            field=models.CharField(
                choices=[
                    ("SHARE", "ProPay share"),
                    ("TRUE_UP", "Overtime true-up"),
                    ("DRIFT", "ProPay correction"),
                    ("ADJUSTMENT", "Adjustment"),
                    ("ROLLOVER", "Carried over"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="statementline",
            name="role",
            field=models.CharField(
                blank=True,
                choices=[("CREW", "Crew"), ("LEAD", "Crew lead"), ("MANAGER", "Manager"), ("OTHER", "Other")],
                max_length=7,
            ),
        ),
    ]
