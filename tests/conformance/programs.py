"""Programs that connect badly, each in one way, and one that does nothing wrong in a row"""

from __future__ import annotations

# What the library does by itself: as printed in many a tutorial.
BARE = """
import asyncio, os, nats

async def main():
    creds = os.environ.get("NATS_CREDENTIALS_FILE")
    nc = await nats.connect(os.environ["NATS_URL"], user_credentials=creds)
    async def answer(msg):
        await asyncio.sleep(0.02)
        await msg.respond(b"ok")
    await nc.subscribe("ask", queue="q", cb=answer)
    await asyncio.Event().wait()

asyncio.run(main())
"""

# Drops what is pending, with a good exit code.
NO_DRAIN = """
import asyncio, os, signal, sys, nats

async def main():
    nc = await nats.connect(os.environ["NATS_URL"])
    async def answer(msg):
        await asyncio.sleep(0.02)
        await msg.respond(b"ok")
    await nc.subscribe("ask", queue="q", cb=answer)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    os._exit(0)

asyncio.run(main())
"""

# Takes a CA for a wish: nats-py logs in over plaintext.
PLAINTEXT = """
import asyncio, os, ssl, nats

async def main():
    print("tls configured", flush=True)
    await nats.connect(
        os.environ["NATS_URL"],
        tls=ssl.create_default_context(cafile=os.environ["NATS_CA_FILE"]),
        name="plaintext",
    )
    await asyncio.Event().wait()

asyncio.run(main())
"""

DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("tls error, trying again", flush=True)
time.sleep(60)
"""

LEAK = """
import os
print(os.environ["NATS_CREDENTIALS"], flush=True)
"""

SILENT = "import time; time.sleep(60)"

# Takes the first failure for the last word.
ONE_TRY = """
import os, socket, sys, urllib.parse
url = urllib.parse.urlsplit(os.environ["NATS_URL"])
with socket.create_connection((url.hostname, url.port)) as server:
    server.settimeout(1)
    server.recv(1024)
    sys.exit("the server said nothing")
"""
