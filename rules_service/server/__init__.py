"""The gRPC handlers of the rules service."""
