/* What nats.c 3.13 declares beyond 3.4, as far as the template uses it. */
natsStatus natsOptions_SetIgnoreAuthErrorAbort(natsOptions *opts, bool ignore);
