"""The variables of a connection as text for each consumer, and an env file back to variables

    variables.py   the four variables, the consumers, what a rendering is
    render.py      one entrance for all consumers
    shells.py      sh, fish, powershell
    dotenv.py      dotenv, dotenv-escaped, node, systemd, gitlab
    machine.py     json, null
    container.py   addresses and files of the host within a container
    docker.py      arguments of docker run
    documents.py   compose, kubernetes
    yaml.py        text as a YAML scalar
    github.py      the file behind $GITHUB_ENV and the masks of the log
    reader.py      an env file to variables
    block.py       our marked block within somebody else's file

Which consumer carries several lines in which quotes was measured with the consumers themselves; the
tests of this package run them again.
"""
