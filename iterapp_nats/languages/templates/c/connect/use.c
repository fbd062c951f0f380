#include "nats_connection.h"

#include <stdio.h>

static void handle(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *closure) {
    printf("%s\n", natsMsg_GetSubject(msg));
    natsMsg_Destroy(msg);
    (void)nc, (void)sub, (void)closure;
}

int main(void) {
    natsConnection *nc = NULL;
    natsSubscription *sub = NULL;
    if (app_nats_connect(&nc, "orders") != NATS_OK ||
        natsConnection_QueueSubscribe(&sub, nc, "orders.new", "workers", handle, NULL) != NATS_OK) {
        return 1;
    }
    return app_nats_wait(nc); // until SIGTERM
}
