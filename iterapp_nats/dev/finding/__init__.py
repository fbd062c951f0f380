"""Which nats-server is run: where one may be, what was found, which way is taken"""
