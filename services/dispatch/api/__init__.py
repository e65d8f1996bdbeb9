"""HTTP for programs: work orders, their actions, routing's dry run, the teams' streams, figures."""
