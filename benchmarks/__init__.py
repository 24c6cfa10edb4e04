"""Speed and size, measured beside peers in the same run. Nothing here is a test."""
