/* Does jobs that arrive over NATS, and prints what is said on the board. */
#include "nats_connection.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* Does a job and answers; the answer is the acknowledgement. */
static void do_job(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *closure) {
    (void)sub;
    const char *name = closure;
    const char *job = natsMsg_GetData(msg);
    char result[1024];
    nats_Sleep(20); /* here the work is done */
    snprintf(result, sizeof result, "%.*s (by %s)", natsMsg_GetDataLength(msg), job, name);
    for (char *letter = result; *letter != '\0' && *letter != '('; letter++) {
        *letter = (char)toupper((unsigned char)*letter);
    }
    if (natsMsg_GetReply(msg) != NULL) {
        natsConnection_PublishString(nc, natsMsg_GetReply(msg), result);
    }
    natsMsg_Destroy(msg);
}

static void print(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *closure) {
    (void)nc, (void)sub, (void)closure;
    printf("%.*s\n", natsMsg_GetDataLength(msg), natsMsg_GetData(msg));
    fflush(stdout);
    natsMsg_Destroy(msg);
}

int main(void) {
    natsConnection *nc = NULL;
    natsSubscription *jobs = NULL;
    natsSubscription *board = NULL;
    char *name = getenv("HOSTNAME");
    natsStatus status = app_nats_connect(&nc, "worker");
    if (status == NATS_TIMEOUT) {
        return 0; /* SIGTERM came first */
    }
    if (status == NATS_OK) {
        status = natsConnection_QueueSubscribe(&jobs, nc, "board.job", "workers", do_job,
                                               name != NULL ? name : "local");
    }
    if (status == NATS_OK) {
        status = natsConnection_Subscribe(&board, nc, "board.message", print, NULL);
    }
    int code = status == NATS_OK ? app_nats_wait(nc) : 1;
    natsSubscription_Destroy(jobs);
    natsSubscription_Destroy(board);
    natsConnection_Destroy(nc);
    nats_Close();
    return code;
}
