"""Naming causes: what stands between an app and its messages, and what its account sees"""
