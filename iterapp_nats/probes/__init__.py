"""Proof with numbers, over real connections: what is lost on the way, and that nothing is shared"""
