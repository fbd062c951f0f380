"""Certificates: a development server's own, and what is wrong with those of others"""
