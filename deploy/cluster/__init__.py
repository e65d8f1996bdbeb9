"""A real Kubernetes on this one machine, to prove the manifests by: built from source once, started in a box of its own
(processes, network and mounts), and gone without a trace when the box is closed. For tests; never for a town.
"""
