from bots import Bot, Clock, Dice


async def main():
    await Bot.create("ada", tools=[Dice, Clock])  # expect: REG202 certain
    await Bot.create("ada", [Dice], language="fr")  # expect: REG202 certain
    await Bot.create("grace", tools=[Dice(), Clock()], language="de")
    await Bot.create("alan")
