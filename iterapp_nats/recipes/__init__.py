"""Ways to make up for at-most-once delivery; `help delivery` shows them as they stand here"""
