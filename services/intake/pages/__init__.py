"""The citizens' pages: Thai first, for a phone, and working as plain forms where no script runs."""
