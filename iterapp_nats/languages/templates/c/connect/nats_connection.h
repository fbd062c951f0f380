#ifndef NATS_CONNECTION_H
#define NATS_CONNECTION_H

#include <nats/nats.h>

/*
 * Connect to NATS on Iterapp: the same code with a plain local server and in production.
 *
 * Reads NATS_URL, NATS_CREDENTIALS (content) or else NATS_CREDENTIALS_FILE, and NATS_CA_FILE; an
 * empty variable counts as unset. Messages go to stderr.
 */

/*
 * Try until a server takes us. Call it first in main, before any thread is started: from here on
 * SIGTERM and SIGINT wait for app_nats_wait.
 *
 * Returns NATS_OK, NATS_TIMEOUT when SIGTERM or SIGINT came first, or why no try is possible.
 */
natsStatus app_nats_connect(natsConnection **connection, const char *app);

/*
 * Wait for SIGTERM or SIGINT, let what has arrived be handled, and return 0 for main to return.
 * Returns 1 when the connection was closed for good, so that the platform starts the process again.
 */
int app_nats_wait(natsConnection *connection);

#endif
