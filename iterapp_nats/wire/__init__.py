"""The NATS client protocol as bytes: cutting what comes into messages, joining what goes"""
