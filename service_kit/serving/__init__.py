"""How a service is served: settings, who may call what, errors, logs, health and worker processes.

Import the modules by name; only `worker` and `server` need gRPC, so that the supervisor stays small.
"""
