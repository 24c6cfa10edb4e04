"""The door of Huiyin: the generated contract, the client, the command line."""
