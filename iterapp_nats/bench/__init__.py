"""Throughput and latency, each client a process of its own as an app would be"""
