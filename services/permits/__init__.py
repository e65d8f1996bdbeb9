"""Permits: applications, their documents, the permit clock, decisions and the register.

Promise: a complete fast-lane application is decided within its working hours, and every decision can be verified.
"""
