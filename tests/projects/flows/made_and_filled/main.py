import asyncio

from reg import OarRegistry, Scull


async def main():
    await OarRegistry.create(Scull())
    await OarRegistry.create(Scull)  # expect: REG202 certain


asyncio.run(main())
