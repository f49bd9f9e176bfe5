from container import Container


class Mailer:
    def execute(self): ...


class SmtpMailer(Mailer): ...


container = Container()
container.register(Mailer, SmtpMailer)
container.register(interface=Mailer, implementation=SmtpMailer)
container.register_instance(Mailer, SmtpMailer())
container.get(Mailer).execute()
