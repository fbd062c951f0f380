"""iterapp.toml files on disk: finding them, reading them with what stands beside them, writing"""
