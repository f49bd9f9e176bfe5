from registries import AuditedDriverRegistry, Postgres

drivers = AuditedDriverRegistry()
drivers.register("postgres", Postgres)  # expect: REG202 certain
drivers.register("replica", Postgres())
