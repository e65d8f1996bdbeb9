"""Backups of a town: what all services knew at one moment, sealed so that whoever takes them cannot read them.

A chain begins with a scan, which reads all documents once while everything goes on. Each moment after it holds what
changed since, read at one cluster time: a scan and the moments after it, laid over each other, are exactly what the
databases held at the last of them. Read `chain` (what is kept where), `sealed` (how), `database` and `records` (what
is read), `taking`, and for the way back `loading`, `healing` and `restoring`.
"""
