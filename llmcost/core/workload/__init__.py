"""What is sent: usage, requests, their content, conversations, media and text, and how a service is to be run."""
