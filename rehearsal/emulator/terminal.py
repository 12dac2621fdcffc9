"""Runs a command in a terminal of its own and answers its question, as a person does.

terminal.py QUESTION COMMAND...

The answer is the variable ANSWER, which the command does not get. Everything that the terminal shows goes to standard output.
"""

import os
import pty
import sys

question, *command = sys.argv[1:]
answer = os.environ.pop("ANSWER").encode()

child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)

shown = b""
try:
    while chunk := os.read(terminal, 4096):
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        shown += chunk
        if answer and question.encode() in shown:
            os.write(terminal, answer + b"\r")
            answer = b""
except OSError:
    pass  # how Linux says that the command has closed the terminal

_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
