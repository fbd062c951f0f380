"""The one connection, and what runs over it"""
