#include "nats_connection.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    RETRY_MS = 2000,
    JITTER_MS = 1000,
    DRAIN_MS = 20000,
    POLL_MS = 50,
    MAX_SERVERS = 16,
    MAX_CREDENTIALS = 65536,
};

static void report(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("NATS: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

/* The value of a variable, NULL when it is unset or empty. */
static const char *setting(const char *name) {
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static char *copy_text(const char *text, size_t length) {
    char *copy = malloc(length + 1);
    if (copy != NULL) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

/* What the credentials are now, because the platform may have renewed the file. */
static char *read_credentials(void) {
    const char *content = setting("NATS_CREDENTIALS");
    if (content != NULL) {
        return copy_text(content, strlen(content));
    }
    FILE *file = fopen(setting("NATS_CREDENTIALS_FILE"), "r");
    if (file == NULL) {
        return NULL;
    }
    char *text = malloc(MAX_CREDENTIALS);
    if (text != NULL) {
        text[fread(text, 1, MAX_CREDENTIALS - 1, file)] = '\0';
    }
    fclose(file);
    return text;
}

/* The word behind "BEGIN <title>-----", whatever the line ends; the caller frees it. */
static char *read_block(const char *title, char **error) {
    char *text = read_credentials();
    char *begin = text != NULL ? strstr(text, title) : NULL;
    char *block = NULL;
    if (begin != NULL) {
        begin += strlen(title);
        begin += strspn(begin, "- \t\r\n");
        block = copy_text(begin, strcspn(begin, " \t\r\n"));
    } else {
        const char *reason = "the credentials cannot be read, or have no JWT or no seed";
        *error = copy_text(reason, strlen(reason));
    }
    free(text);
    return block;
}

static natsStatus get_jwt(char **jwt, char **error, void *closure) {
    (void)closure;
    *jwt = read_block("BEGIN NATS USER JWT", error);
    return *jwt != NULL ? NATS_OK : NATS_ERR;
}

static natsStatus sign(char **error, unsigned char **signature, int *length, const char *nonce,
                       void *closure) {
    (void)closure;
    char *seed = read_block("BEGIN USER NKEY SEED", error);
    if (seed == NULL) {
        return NATS_ERR;
    }
    /* A server that asks for no login sends no nonce, and nats_Sign takes no empty text. */
    bool is_asked = nonce != NULL && nonce[0] != '\0';
    natsStatus status = nats_Sign(seed, is_asked ? nonce : "-", signature, length);
    free(seed);
    return status;
}

static void on_disconnected(natsConnection *connection, void *closure) {
    (void)connection;
    (void)closure;
    report("disconnected");
}

static void on_reconnected(natsConnection *connection, void *closure) {
    (void)connection;
    (void)closure;
    report("reconnected; what was published meanwhile was missed");
}

static void on_error(natsConnection *connection, natsSubscription *subscription, natsStatus status,
                     void *closure) {
    (void)connection;
    (void)subscription;
    (void)closure;
    report("%s", natsStatus_GetText(status));
}

static natsStatus set_servers(natsOptions *options) {
    const char *url = setting("NATS_URL");
    char *list = strdup(url != NULL ? url : "nats://127.0.0.1:4222");
    const char *servers[MAX_SERVERS];
    int count = 0;
    char *rest = NULL;
    if (list == NULL) {
        return NATS_NO_MEMORY;
    }
    for (char *server = strtok_r(list, ", \n", &rest); server != NULL && count < MAX_SERVERS;
         server = strtok_r(NULL, ", \n", &rest)) {
        servers[count++] = server;
    }
    natsStatus status = natsOptions_SetServers(options, servers, count);
    free(list);
    return status;
}

static natsStatus set_name(natsOptions *options, const char *app) {
    const char *pod = setting("HOSTNAME");
    char name[256];
    snprintf(name, sizeof name, "%s@%s", app, pod != NULL ? pod : "local");
    return natsOptions_SetName(options, name);
}

/* Each call needs the other: alone, neither makes a server without TLS an error. */
static natsStatus set_tls(natsOptions *options) {
    const char *ca_file = setting("NATS_CA_FILE");
    const char *url = setting("NATS_URL");
    bool wants_tls = ca_file != NULL || (url != NULL && strstr(url, "tls://") != NULL);
    natsStatus status = wants_tls ? natsOptions_SetSecure(options, true) : NATS_OK;
    if (status == NATS_OK && ca_file != NULL) {
        status = natsOptions_LoadCATrustedCertificates(options, ca_file);
    }
    return status;
}

static natsStatus set_credentials(natsOptions *options) {
    if (setting("NATS_CREDENTIALS") == NULL && setting("NATS_CREDENTIALS_FILE") == NULL) {
        return NATS_OK;
    }
    return natsOptions_SetUserCredentialsCallbacks(options, get_jwt, NULL, sign, NULL);
}

static natsStatus set_reconnect(natsOptions *options) {
    natsStatus status = natsOptions_SetMaxReconnect(options, -1);
    if (status == NATS_OK) {
        status = natsOptions_SetReconnectWait(options, RETRY_MS);
    }
    if (status == NATS_OK) {
        status = natsOptions_SetReconnectJitter(options, JITTER_MS, JITTER_MS);
    }
    if (status == NATS_OK) {
        status = natsOptions_SetPingInterval(options, 20000);
    }
#if NATS_VERSION_NUMBER >= 0x030e00
    /* Older releases close for good when a login ends, or is refused twice: app_nats_wait ends. */
    if (status == NATS_OK) {
        status = natsOptions_SetIgnoreAuthErrorAbort(options, true);
    }
    if (status == NATS_OK) {
        status = natsOptions_SetReconnectOnProtocolError(options, true);
    }
#endif
    return status;
}

static natsStatus set_handlers(natsOptions *options) {
    natsStatus status = natsOptions_SetDisconnectedCB(options, on_disconnected, NULL);
    if (status == NATS_OK) {
        status = natsOptions_SetReconnectedCB(options, on_reconnected, NULL);
    }
    if (status == NATS_OK) {
        status = natsOptions_SetErrorHandler(options, on_error, NULL);
    }
    return status;
}

static natsStatus set_options(natsOptions *options, const char *app) {
    natsStatus status = set_servers(options);
    if (status == NATS_OK) {
        status = set_name(options, app);
    }
    if (status == NATS_OK) {
        status = set_tls(options);
    }
    if (status == NATS_OK) {
        status = set_credentials(options);
    }
    if (status == NATS_OK) {
        status = set_reconnect(options);
    }
    if (status == NATS_OK) {
        status = set_handlers(options);
    }
    return status;
}

static const sigset_t *stop_signals(void) {
    static sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    return &signals;
}

/* Wait, and tell whether SIGTERM or SIGINT came meanwhile. */
static bool is_stopped_within(int64_t wait_ms) {
    struct timespec wait = {.tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000};
    return sigtimedwait(stop_signals(), NULL, &wait) > 0;
}

natsStatus app_nats_connect(natsConnection **connection, const char *app) {
    natsOptions *options = NULL;
    /* Threads inherit the mask, so that no other thread takes the signals. */
    pthread_sigmask(SIG_BLOCK, stop_signals(), NULL);
    srand((unsigned)time(NULL) ^ (unsigned)getpid());
    natsStatus status = natsOptions_Create(&options);
    if (status == NATS_OK) {
        status = set_options(options, app);
    }
    if (status != NATS_OK) {
        report("cannot use the settings: %s", nats_GetLastError(NULL));
        natsOptions_Destroy(options);
        return status;
    }
    while ((status = natsConnection_Connect(connection, options)) != NATS_OK) {
        report("cannot connect, trying again: %s: %s", natsStatus_GetText(status),
               nats_GetLastError(NULL));
        if (is_stopped_within(RETRY_MS + rand() % JITTER_MS)) {
            status = NATS_TIMEOUT;
            break;
        }
    }
    natsOptions_Destroy(options);
    if (status == NATS_OK) {
        report("connected");
    }
    return status;
}

int app_nats_wait(natsConnection *connection) {
    while (!is_stopped_within(POLL_MS)) {
        if (natsConnection_IsClosed(connection)) {
            const char *reason = NULL;
            natsConnection_GetLastError(connection, &reason);
            report("the connection was closed for good: %s", reason);
            return 1;
        }
    }
    /* Draining goes on behind our back; without a server there is nothing to wait for. */
    if (natsConnection_Status(connection) != NATS_CONN_STATUS_CONNECTED ||
        natsConnection_DrainTimeout(connection, DRAIN_MS) != NATS_OK) {
        return 0;
    }
    for (int waited_ms = 0; waited_ms < DRAIN_MS; waited_ms += POLL_MS) {
        if (natsConnection_IsClosed(connection)) {
            return 0;
        }
        nats_Sleep(POLL_MS);
    }
    report("drained too slowly");
    return 1;
}
