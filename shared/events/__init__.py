"""The contracts between services: each event, its envelope, its public form. Import from the module that defines it."""
