"""Container engines: Docker, Podman and their like, and the server in a container"""
