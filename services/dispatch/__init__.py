"""Dispatch owns routing, work orders, crews and clocks; each report has a team, nothing waits unseen."""
