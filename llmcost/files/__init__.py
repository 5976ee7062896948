"""Reading files, strictly: bounded, every fault with its line and column, nothing guessed. The only import of yaml."""
