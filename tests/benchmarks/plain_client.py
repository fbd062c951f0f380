"""What `streams.py` compares with: the same work by nats-py as its documentation shows it"""

from __future__ import annotations

import asyncio  # noqa: TID253 - this is a program of its own
import sys
import time

import nats  # noqa: TID253 - as above
from nats.aio.msg import Msg  # noqa: TC002, TID253 - as above

SUBJECT = "bench.x"


async def subscribe(url: str) -> None:
    """Write each payload and a line end, with a buffered file and no limits"""
    client = await nats.connect(url)
    out = sys.stdout.buffer

    async def write(message: Msg) -> None:
        out.write(message.data)
        out.write(b"\n")

    await client.subscribe(SUBJECT, cb=write, pending_msgs_limit=0, pending_bytes_limit=0)
    await client.flush()
    sys.stderr.write("listening\n")
    sys.stderr.flush()
    while True:
        await asyncio.sleep(0.2)
        out.flush()


async def publish(url: str) -> None:
    """Publish each line of stdin"""
    client = await nats.connect(url)
    for line in sys.stdin.buffer:
        await client.publish(SUBJECT, line[:-1])
    await client.flush()
    await client.close()


async def request(url: str, count: int, concurrency: int) -> None:
    """Ask so many times, and print the seconds it took and the median of the round trips"""
    client = await nats.connect(url)
    await client.request(SUBJECT, b"warm-up")
    times_s: list[float] = []
    numbers = iter(range(count))

    async def ask() -> None:
        for _ in numbers:
            began_s = time.perf_counter()
            await client.request(SUBJECT, b"hello", timeout=5)
            times_s.append(time.perf_counter() - began_s)

    began_s = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(concurrency)))
    took_s = time.perf_counter() - began_s
    sys.stdout.write(f"{took_s} {sorted(times_s)[count // 2]}\n")
    await client.close()


async def main(what: str, url: str, *numbers: str) -> None:
    if what == "sub":
        await subscribe(url)
    elif what == "pub":
        await publish(url)
    else:
        await request(url, *map(int, numbers))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
