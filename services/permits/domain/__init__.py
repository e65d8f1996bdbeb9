"""The rules of building permits as the office applies them; nothing here waits, reads a clock or touches a store."""
