"""What commands print: results turned into words, tables and drawings"""
