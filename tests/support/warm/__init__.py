"""Services that are started anew without being imported anew: a process that has imported them forks each."""
