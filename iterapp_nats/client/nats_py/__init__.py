"""What knows private names of nats-py; guarded by its release and shape"""
