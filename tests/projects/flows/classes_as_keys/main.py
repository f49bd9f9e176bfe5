from bus import Closed, EventBus, HandlerRegistry, Opened, Serializer


def log(event): ...


bus = EventBus()
bus.register(Opened, log)
bus.register(Closed, log)
bus.register_serializer(Opened, Serializer())
bus.publish(Opened())

handlers = HandlerRegistry()
handlers.register(Opened, log)
handlers.find(Opened())
