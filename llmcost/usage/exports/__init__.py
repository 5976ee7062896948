"""What vendors and gateways export, one file each."""
