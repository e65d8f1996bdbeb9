"""Writes what under `deploy/` follows from the code: Kafka's topics and users, and the towns' profiles as ConfigMaps.

Nobody writes these files by hand, and a test fails when one of them is behind its source.
"""
