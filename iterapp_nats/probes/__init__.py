"""Proof with numbers: what got lost on the way, and what went where it must not"""
