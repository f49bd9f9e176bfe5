"""The audit: a project's registries at a glance. `survey.take` makes a report, each other module writes or reads one."""
