import apps.core.ids
import django.db.models.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("credentials", "0013_awards_of_pathways"),
        ("issuers", "0011_assessor_badge_is_another"),
    ]

    operations = [
        migrations.CreateModel(
            name="Equivalence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", apps.core.ids.PublicIdField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waiting for the other side"),
                            ("accepted", "Counts"),
                            ("declined", "Declined"),
                            ("withdrawn", "Taken back before it was answered"),
                            ("ended", "Counts no more"),
                        ],
                        default="proposed",
                        max_length=12,
                    ),
                ),
                ("foreign_issuer_id", models.CharField(blank=True, max_length=2000, verbose_name="id of its issuer")),
                (
                    "foreign_achievement_id",
                    models.CharField(blank=True, max_length=2000, verbose_name="id of the badge"),
                ),
                ("foreign_issuer_name", models.CharField(blank=True, max_length=300, verbose_name="issued by")),
                ("foreign_name", models.CharField(blank=True, max_length=300, verbose_name="called")),
                (
                    "credits",
                    models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True, verbose_name="credits"),
                ),
                (
                    "credit_framework",
                    models.CharField(
                        blank=True,
                        choices=[("nzqa", "NZQA credits"), ("ects", "ECTS credits"), ("other", "Credits of our own")],
                        max_length=8,
                        verbose_name="credits of",
                    ),
                ),
                (
                    "why",
                    models.TextField(help_text="Everybody reads it beside the step.", verbose_name="why it counts"),
                ),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("proposed_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "counts_as",
                    models.ForeignKey(
                        blank=True,
                        help_text="A badge of ours that it stands for, in every pathway. Empty: it is a step by itself.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="equivalences",
                        to="issuers.achievement",
                        verbose_name="counts as",
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="equivalences", to="issuers.issuer"
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "theirs",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counting_elsewhere",
                        to="issuers.achievement",
                        verbose_name="their badge",
                    ),
                ),
            ],
            options={
                "ordering": ("-proposed_at", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("foreign_achievement_id", ""), ("foreign_issuer_id", ""), ("theirs__isnull", False)
                            ),
                            models.Q(
                                ("theirs", None),
                                models.Q(("foreign_issuer_id", ""), _negated=True),
                                models.Q(("foreign_achievement_id", ""), _negated=True),
                                models.Q(("foreign_name", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="equivalence_of_one_badge",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("theirs", None),
                            ("counts_as", None),
                            models.Q(("theirs", models.F("counts_as")), _negated=True),
                            _connector="OR",
                        ),
                        name="equivalence_of_another",
                    ),
                    models.CheckConstraint(condition=models.Q(("why", ""), _negated=True), name="equivalence_says_why"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("credits", None),
                            models.Q(("credits__gt", 0), models.Q(("credit_framework", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="equivalence_credits_of_a_framework",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("proposed", "withdrawn")), ("answered_at__isnull", False), _connector="OR"
                        ),
                        name="equivalence_answered_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", False), ("state", "ended")),
                            models.Q(models.Q(("state", "ended"), _negated=True), ("ended_at", None)),
                            _connector="OR",
                        ),
                        name="equivalence_ended_at_a_time",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("proposed", "accepted"))),
                        fields=("issuer", "theirs", "foreign_issuer_id", "foreign_achievement_id", "counts_as"),
                        name="one_live_equivalence_of_a_kind",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pathway",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", apps.core.ids.PublicIdField()),
                ("slug", models.SlugField(help_text="A plan's is its public id.", max_length=80, unique=True)),
                (
                    "shared_at",
                    models.DateTimeField(help_text="Since when who has a plan's address may read it", null=True),
                ),
                ("created_at", models.DateTimeField()),
                ("archived_at", models.DateTimeField(null=True)),
                (
                    "copied_from",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="copies",
                        to="pathways.pathway",
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pathways",
                        to="issuers.issuer",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        help_text="Of a plan",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="plans",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("issuer", None), ("owner__isnull", False)),
                            models.Q(("issuer__isnull", False), ("owner", None)),
                            _connector="OR",
                        ),
                        name="pathway_of_an_issuer_or_a_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("shared_at", None), ("issuer", None), _connector="OR"),
                        name="only_plans_are_shared",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PathwayVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
                        default="draft",
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "description",
                    models.TextField(blank=True, help_text="In Markdown.", verbose_name="what it leads to"),
                ),
                ("language", models.CharField(default="en", max_length=12, verbose_name="language")),
                (
                    "grace_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="How long somebody has to mend it, when a badge that counted no longer stands.",
                        verbose_name="days of grace",
                    ),
                ),
                (
                    "edition",
                    models.PositiveIntegerField(
                        default=1, help_text="Counts saves, so that two tabs notice each other."
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(null=True)),
                (
                    "award",
                    models.ForeignKey(
                        blank=True,
                        help_text="The micro-credential that whoever gets to the end is given. Empty: none.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="issuers.achievement",
                        verbose_name="awarded at the end",
                    ),
                ),
                (
                    "pathway",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="pathways.pathway"
                    ),
                ),
            ],
            options={
                "ordering": ("pathway", "-number"),
                "constraints": [
                    models.UniqueConstraint(fields=("pathway", "number"), name="pathway_version_numbered_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "published")),
                        fields=("pathway",),
                        name="one_published_pathway_version",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "draft")), fields=("pathway",), name="one_pathway_draft"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "draft"), ("published_at__isnull", False), _connector="OR"),
                        name="published_pathway_has_a_time",
                    ),
                    models.CheckConstraint(condition=models.Q(("grace_days__gte", 1)), name="grace_of_a_day_at_least"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Node",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        help_text="Its name within the pathway: the same from version to version", max_length=8
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(help_text="Among its siblings, from 0")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("all", "All of these"),
                            ("any", "One of these"),
                            ("some", "Some of these"),
                            ("credits", "So many credits"),
                            ("milestone", "Milestone"),
                            ("badge", "Badge"),
                            ("external", "Badge from elsewhere"),
                            ("capstone", "Capstone"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("in_order", models.BooleanField(default=False, verbose_name="one after the other")),
                ("needed", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="how many of them")),
                (
                    "credits",
                    models.DecimalField(blank=True, decimal_places=1, max_digits=6, null=True, verbose_name="credits"),
                ),
                (
                    "credit_framework",
                    models.CharField(
                        blank=True,
                        choices=[("nzqa", "NZQA credits"), ("ects", "ECTS credits"), ("other", "Credits of our own")],
                        max_length=8,
                        verbose_name="credits of",
                    ),
                ),
                (
                    "level_framework",
                    models.CharField(
                        blank=True,
                        choices=[("nzqf", "NZQF"), ("aqf", "AQF"), ("eqf", "EQF")],
                        max_length=8,
                        verbose_name="framework of levels",
                    ),
                ),
                ("level_from", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="from level")),
                (
                    "skills",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Of each its name, web address and code: one is enough",
                        verbose_name="skills",
                    ),
                ),
                (
                    "achievement",
                    models.ForeignKey(
                        blank=True,
                        help_text="What has to be held; of a milestone, what is awarded at it",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="issuers.achievement",
                        verbose_name="badge",
                    ),
                ),
                (
                    "equivalence",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pathways.equivalence",
                    ),
                ),
                (
                    "issuers",
                    models.ManyToManyField(blank=True, related_name="+", to="issuers.issuer", verbose_name="issuers"),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="children",
                        to="pathways.node",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="nodes", to="pathways.pathwayversion"
                    ),
                ),
            ],
            options={
                "ordering": ("version", "parent_id", "position"),
                "constraints": [
                    models.UniqueConstraint(fields=("version", "code"), name="node_named_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("parent", None)), fields=("version",), name="one_root_a_version"
                    ),
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("parent", "position"),
                        name="one_node_a_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("parent", models.F("id")), _negated=True), name="node_is_not_beneath_itself"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("parent__isnull", False), ("kind", "all"), _connector="OR"),
                        name="root_asks_for_all",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ("badge", "capstone")), _negated=True),
                            ("achievement__isnull", False),
                            _connector="OR",
                        ),
                        name="badge_node_has_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ("badge", "capstone", "milestone")), ("achievement", None), _connector="OR"
                        ),
                        name="only_badges_and_milestones_name_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("equivalence__isnull", False), ("kind", "external")),
                            models.Q(models.Q(("kind", "external"), _negated=True), ("equivalence", None)),
                            _connector="OR",
                        ),
                        name="external_counts_by_equivalence",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "some"), ("needed__gte", 1), ("needed__isnull", False)),
                            models.Q(models.Q(("kind", "some"), _negated=True), ("needed", None)),
                            _connector="OR",
                        ),
                        name="some_says_how_many",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("credits__gt", 0),
                                ("credits__isnull", False),
                                ("kind", "credits"),
                                models.Q(("credit_framework", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("kind", "credits"), _negated=True),
                                ("credit_framework", ""),
                                ("credits", None),
                                ("level_framework", ""),
                                ("skills", []),
                            ),
                            _connector="OR",
                        ),
                        name="credits_says_how_many",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("level_framework", ""), ("level_from", None)),
                            models.Q(
                                models.Q(("level_framework", ""), _negated=True),
                                ("level_from__isnull", False),
                                ("level_from__range", (1, 10)),
                            ),
                            _connector="OR",
                        ),
                        name="level_from_of_its_framework",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "milestone"), _negated=True),
                            models.Q(("name", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="milestone_has_a_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", apps.core.ids.PublicIdField()),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Under way"), ("complete", "Complete"), ("left", "Left")],
                        default="active",
                        max_length=12,
                    ),
                ),
                ("target_on", models.DateField(blank=True, null=True, verbose_name="to be done by")),
                (
                    "reminded_at",
                    models.DateTimeField(help_text="When its learner was last told that the day comes near", null=True),
                ),
                ("started_at", models.DateTimeField()),
                ("completed_at", models.DateTimeField(null=True)),
                ("left_at", models.DateTimeField(null=True)),
                ("steps_done", models.PositiveSmallIntegerField(default=0)),
                (
                    "steps_total",
                    models.PositiveSmallIntegerField(default=0, help_text="The fewest that lead to the end"),
                ),
                ("credits_done", models.DecimalField(decimal_places=1, default=0, max_digits=7)),
                (
                    "capstone_open",
                    models.BooleanField(default=False, help_text="Whether the capstone may be handed in"),
                ),
                ("looked_at", models.DateTimeField(null=True)),
                ("next_look_at", models.DateTimeField(help_text="When the first of what counts runs out", null=True)),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pathway",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enrolments", to="pathways.pathway"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="pathways.pathwayversion",
                    ),
                ),
            ],
            options={
                "ordering": ("-started_at", "-pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "left"), _negated=True),
                        fields=["next_look_at"],
                        name="enrolment_to_look_at",
                    ),
                    models.Index(
                        condition=models.Q(("state", "left"), _negated=True),
                        fields=["version", "id"],
                        name="enrolment_by_version",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("pathway", "learner"), name="one_enrolment_a_person"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("left_at__isnull", False), ("state", "left")),
                            models.Q(models.Q(("state", "left"), _negated=True), ("left_at", None)),
                            _connector="OR",
                        ),
                        name="left_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "complete"), _negated=True),
                            ("completed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="complete_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", apps.core.ids.PublicIdField()),
                (
                    "code",
                    models.CharField(
                        help_text="Of the node that was reached: the root's for the whole pathway", max_length=8
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("standing", "Stands"), ("at_risk", "At risk"), ("taken_back", "Taken back")],
                        default="standing",
                        max_length=12,
                    ),
                ),
                ("credits", models.DecimalField(decimal_places=1, default=0, max_digits=7)),
                ("reached_at", models.DateTimeField()),
                ("at_risk_since", models.DateTimeField(null=True)),
                ("grace_until", models.DateTimeField(null=True)),
                ("fallen", models.JSONField(default=list, help_text="Codes of the steps that no longer stand")),
                ("excused", models.JSONField(default=list, help_text="Codes of steps that a person let stand")),
                (
                    "credential",
                    models.ForeignKey(
                        help_text="The award, if there is one",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stacks",
                        to="credentials.credential",
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stacks", to="pathways.enrolment"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stacks", to="pathways.pathwayversion"
                    ),
                ),
            ],
            options={
                "ordering": ("-reached_at", "-pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "taken_back"), _negated=True),
                        fields=("enrolment", "code"),
                        name="one_live_stack_a_node",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("at_risk_since__isnull", False), ("grace_until__isnull", False), ("state", "at_risk")
                            ),
                            models.Q(
                                models.Q(("state", "at_risk"), _negated=True),
                                ("at_risk_since", None),
                                ("fallen", []),
                                ("grace_until", None),
                            ),
                            _connector="OR",
                        ),
                        name="at_risk_since_and_until",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Component",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(help_text="Of the step", max_length=8)),
                ("credits", models.DecimalField(decimal_places=1, default=0, max_digits=5)),
                (
                    "credential",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counted_for",
                        to="credentials.credential",
                    ),
                ),
                (
                    "foreign",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counted_for",
                        to="credentials.foreigncredential",
                    ),
                ),
                (
                    "equivalence",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pathways.equivalence",
                    ),
                ),
                (
                    "stack",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="components", to="pathways.stack"
                    ),
                ),
            ],
            options={
                "ordering": ("stack", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("credential__isnull", False), ("foreign", None)),
                            models.Q(("credential", None), ("foreign__isnull", False)),
                            _connector="OR",
                        ),
                        name="component_is_one_credential",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("foreign", None), ("equivalence__isnull", False), _connector="OR"),
                        name="foreign_counts_by_equivalence",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("credential__isnull", False)),
                        fields=("stack", "credential"),
                        name="credential_counts_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("foreign__isnull", False)),
                        fields=("stack", "foreign"),
                        name="foreign_credential_counts_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StackDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("keep", "It stands as it is"),
                            ("more_time", "More time to mend it"),
                            ("take_back", "Taken back"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.TextField(help_text="The earner reads it.", verbose_name="reason")),
                ("decided_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "stack",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="pathways.stack"
                    ),
                ),
            ],
            options={
                "ordering": ("stack", "decided_at", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="stack_decision_says_why"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", apps.core.ids.PublicIdField()),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "mentor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mentored_groups",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pathway",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="groups", to="pathways.pathway"
                    ),
                ),
            ],
            options={
                "ordering": ("name", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", apps.core.ids.PublicIdField()),
                ("asked_at", models.DateTimeField()),
                ("agreed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="pathways.enrolment"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="pathways.group"
                    ),
                ),
            ],
            options={
                "ordering": ("group", "asked_at", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("group", "enrolment"),
                        name="one_membership_a_group",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", apps.core.ids.PublicIdField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waiting for the partner"),
                            ("agreed", "Agreed"),
                            ("declined", "Declined"),
                            ("withdrawn", "Taken back before it was answered"),
                            ("ended", "Ended"),
                        ],
                        default="proposed",
                        max_length=12,
                    ),
                ),
                ("partner_name", models.CharField(blank=True, max_length=300, verbose_name="name of the partner")),
                ("partner_url", models.URLField(blank=True, max_length=2000, verbose_name="its web address")),
                (
                    "partner_email",
                    models.EmailField(
                        blank=True,
                        help_text="Requests are sent there with a signed link.",
                        max_length=254,
                        verbose_name="where its answers come from",
                    ),
                ),
                (
                    "counts_towards",
                    models.CharField(
                        help_text="A programme, course or award", max_length=300, verbose_name="counts towards"
                    ),
                ),
                ("credits", models.DecimalField(decimal_places=1, max_digits=5, verbose_name="credits")),
                (
                    "credit_framework",
                    models.CharField(
                        choices=[("nzqa", "NZQA credits"), ("ects", "ECTS credits"), ("other", "Credits of our own")],
                        max_length=8,
                        verbose_name="credits of",
                    ),
                ),
                (
                    "level_framework",
                    models.CharField(
                        blank=True,
                        choices=[("nzqf", "NZQF"), ("aqf", "AQF"), ("eqf", "EQF")],
                        max_length=8,
                        verbose_name="framework of levels",
                    ),
                ),
                ("level_number", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="level")),
                ("conditions", models.TextField(blank=True, verbose_name="conditions")),
                ("cost", models.CharField(blank=True, max_length=120, verbose_name="what it costs")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("proposed_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "achievement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="issuers.achievement",
                        verbose_name="badge",
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agreements", to="issuers.issuer"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        help_text="An organisation of this installation; otherwise it is named below.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promises",
                        to="issuers.issuer",
                        verbose_name="partner",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "pathway",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="pathways.pathway",
                        verbose_name="pathway",
                    ),
                ),
            ],
            options={
                "ordering": ("-proposed_at", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("achievement", None), ("pathway__isnull", False)),
                            models.Q(("achievement__isnull", False), ("pathway", None)),
                            _connector="OR",
                        ),
                        name="agreement_on_a_badge_or_a_pathway",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("partner__isnull", False), ("partner_email", ""), ("partner_name", "")),
                            models.Q(
                                ("partner", None),
                                models.Q(("partner_name", ""), _negated=True),
                                models.Q(("partner_email", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="agreement_with_one_partner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("partner", None), models.Q(("partner", models.F("issuer")), _negated=True), _connector="OR"
                        ),
                        name="partner_is_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("credits__gt", 0), models.Q(("credit_framework", ""), _negated=True)),
                        name="agreement_on_some_credits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("level_framework", ""), ("level_number", None)),
                            models.Q(
                                models.Q(("level_framework", ""), _negated=True),
                                ("level_number__isnull", False),
                                ("level_number__range", (1, 10)),
                            ),
                            _connector="OR",
                        ),
                        name="agreement_level_of_its_framework",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                        name="agreement_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("proposed", "withdrawn")), ("answered_at__isnull", False), _connector="OR"
                        ),
                        name="agreement_answered_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", apps.core.ids.PublicIdField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waiting for an answer"),
                            ("accepted", "Accepted"),
                            ("partly", "Partly accepted"),
                            ("declined", "Declined"),
                            ("withdrawn", "Taken back"),
                        ],
                        default="asked",
                        max_length=12,
                    ),
                ),
                ("note", models.TextField(blank=True, help_text="To the partner", verbose_name="note")),
                (
                    "credits_asked",
                    models.DecimalField(decimal_places=1, max_digits=5, verbose_name="credits asked for"),
                ),
                (
                    "credits_granted",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=5, null=True, verbose_name="credits counted"
                    ),
                ),
                ("reason", models.TextField(blank=True, help_text="The learner reads it.", verbose_name="reason")),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_name",
                    models.CharField(
                        blank=True,
                        help_text="Of who answered by the link, without an account",
                        max_length=300,
                        verbose_name="your name",
                    ),
                ),
                (
                    "link_sha256",
                    models.CharField(blank=True, help_text="Of the token in the letter's link", max_length=64),
                ),
                ("link_until", models.DateTimeField(null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="pathways.agreement"
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-asked_at", "-pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("asked", "accepted", "partly"))),
                        fields=("agreement", "learner"),
                        name="one_live_request_an_agreement",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("credits_asked__gt", 0)), name="request_for_some_credits"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("credits_granted", models.F("credits_asked")), ("state", "accepted")),
                            models.Q(
                                ("credits_granted__gt", 0),
                                ("credits_granted__lt", models.F("credits_asked")),
                                ("state", "partly"),
                            ),
                            models.Q(("credits_granted", None), ("state__in", ("asked", "declined", "withdrawn"))),
                            _connector="OR",
                        ),
                        name="credits_counted_as_answered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("partly", "declined")), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="less_than_asked_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", False), ("state__in", ("accepted", "partly", "declined"))),
                            models.Q(("answered_at", None), ("state__in", ("asked", "withdrawn"))),
                            _connector="OR",
                        ),
                        name="request_answered_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DossierItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("shows_result", models.BooleanField(default=True, verbose_name="with the rubric result")),
                (
                    "credential",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="credentials.credential",
                    ),
                ),
                (
                    "foreign",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="credentials.foreigncredential",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="dossier", to="pathways.creditrequest"
                    ),
                ),
            ],
            options={
                "ordering": ("request", "position"),
                "constraints": [
                    models.UniqueConstraint(fields=("request", "position"), name="dossier_in_order"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("credential__isnull", False), ("foreign", None)),
                            models.Q(("credential", None), ("foreign__isnull", False)),
                            _connector="OR",
                        ),
                        name="dossier_item_is_one_credential",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DossierPiece",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("evidence_id", models.CharField(help_text="Public id of the piece", max_length=26)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pieces", to="pathways.dossieritem"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("item", "evidence_id"), name="dossier_piece_once")],
            },
        ),
    ]
