"""Does a program connect as it must? One row per situation, against throwaway servers

The program is any command that reads the platform's variables. What it does is seen from outside:
its connections by the server's monitoring, its answers by a second connection, its output and its
exit code.
"""
