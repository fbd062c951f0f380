import asyncio

from nats.aio.msg import Msg

from nats_connection import connected


async def handle(msg: Msg) -> None:
    print(msg.subject, msg.data.decode())


async def main() -> None:
    async with connected("orders") as client:
        await client.subscribe("orders.new", queue="workers", cb=handle)
        await asyncio.Event().wait()  # until SIGTERM


asyncio.run(main())
