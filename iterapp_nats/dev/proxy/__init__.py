"""A TCP proxy in front of the local server that can be a bad network on request"""
