"""Let subscribers be back before publishers, and let a publisher know what it could not send"""

import iterapp_nats

# A tenth of a second after the server; two seconds would lose what is published meanwhile.
SUBSCRIBER = iterapp_nats.ConnectPolicy(retry_s=2.0, reconnects=True, reconnect_wait_s=0.1)

# Without a buffer publish raises Unreachable while the server is away. A buffer would be sent
# the moment the connection is back, to subscribers that are not.
PUBLISHER = iterapp_nats.ConnectPolicy(
    retry_s=2.0, reconnects=True, reconnect_wait_s=2.0, buffer_bytes=None
)

# async with iterapp_nats.connect(policy=SUBSCRIBER) as connection:
