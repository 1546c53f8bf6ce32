"""``python -m bidproof``."""

from bidproof.cli.main import main

main()
