from hub import Command, commands, functions


@functions.register
def hello(): ...


@functions.named("bye")
def goodbye(): ...


@commands.register()
class Add(Command): ...


@commands.register("rm")
class Remove(Command): ...


@commands.register(name="ls")
class List(Command): ...
