"""Nkeys, JWT claims, creds and development certificates. Pure: entropy and time are arguments"""
