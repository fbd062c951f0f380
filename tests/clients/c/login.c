// login URL CREDS CA: log in, send a message to ourselves, print it
#include <stdio.h>
#include <nats/nats.h>

#define TRY(call)                                                              \
    do {                                                                       \
        natsStatus status = (call);                                            \
        if (status != NATS_OK) {                                               \
            fprintf(stderr, "%s: %s\n", #call, natsStatus_GetText(status));    \
            nats_PrintLastErrorStack(stderr);                                  \
            return 1;                                                          \
        }                                                                      \
    } while (0)

int main(int count, char **arguments)
{
    natsOptions *options = NULL;
    natsConnection *connection = NULL;
    natsSubscription *subscription = NULL;
    natsMsg *message = NULL;

    if (count != 4)
        return 2;
    TRY(natsOptions_Create(&options));
    TRY(natsOptions_SetURL(options, arguments[1]));
    TRY(natsOptions_SetUserCredentialsFromFiles(options, arguments[2], NULL));
    TRY(natsOptions_SetSecure(options, true));
    TRY(natsOptions_LoadCATrustedCertificates(options, arguments[3]));
    TRY(natsOptions_SetTimeout(options, 10000));
    TRY(natsConnection_Connect(&connection, options));
    TRY(natsConnection_SubscribeSync(&subscription, connection, "orders.new"));
    TRY(natsConnection_PublishString(connection, "orders.new", "hello"));
    TRY(natsSubscription_NextMsg(&message, subscription, 10000));
    printf("%.*s\n", natsMsg_GetDataLength(message), natsMsg_GetData(message));
    natsMsg_Destroy(message);
    natsSubscription_Destroy(subscription);
    natsConnection_Destroy(connection);
    natsOptions_Destroy(options);
    nats_Close();
    return 0;
}
