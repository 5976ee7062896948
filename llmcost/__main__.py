"""``python -m llmcost``."""

from llmcost.cli import main

if __name__ == "__main__":
    main()
