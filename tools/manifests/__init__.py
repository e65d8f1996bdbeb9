"""Writes what under `deploy/` follows from the code: Kafka's topics and users, the alarms' rules for
Prometheus' operator, the towns' profiles as ConfigMaps, and their realms of Keycloak.

Nobody writes these files by hand, and a test fails when one of them is behind its source.
"""
