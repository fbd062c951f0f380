"""The known mistakes in code that connects to NATS, found in its text

Each rule has a reason that was measured. A rule looks for words, not for meaning: it stays silent
where it cannot be sure.
"""
