"""The local server: where it comes from, and its life"""
