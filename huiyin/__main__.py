"""`python -m huiyin`: the command line."""

from huiyin.cli import main

main()
