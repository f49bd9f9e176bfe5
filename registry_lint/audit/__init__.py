"""The audit: a project's registries at a glance. `survey.take` makes a report, other modules write or read one."""
