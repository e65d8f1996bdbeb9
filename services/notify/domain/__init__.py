"""Whom an event concerns, what is owed to them, and what becomes of each message; pure."""
