"""iterapp.toml: is it right, and is NATS enabled? Pure: text in, values out"""
