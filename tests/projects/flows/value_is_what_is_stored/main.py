from services import Mailer, Queue, Service, ServiceRegistry, make_mailer

services = ServiceRegistry()
services.register_service(Service, "mailer", Mailer())
services.register_service(Mailer, "mailer", Mailer)  # expect: REG202 certain
services.register_service(kind=Queue, name="queue", service=Queue())
services.register_factory(Mailer, factory=make_mailer)
services.register_factory(Queue, Queue)
services.register(name="mailer", service=Mailer())
services.register(name="queue", service=Queue)  # expect: REG202 certain
