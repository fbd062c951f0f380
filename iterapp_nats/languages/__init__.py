"""Connect code and an example app per language, as files that are copied as they are"""
