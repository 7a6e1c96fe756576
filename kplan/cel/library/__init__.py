"""The functions that Kubernetes adds to CEL, in Python.

A function raises CallError, with the words of the API server, for an argument that is no good, and Unsupported where
what it should do is not known here.
"""
