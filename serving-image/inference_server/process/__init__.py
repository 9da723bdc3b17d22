"""Processes of the server: supervisor, workers, sockets and memory."""
