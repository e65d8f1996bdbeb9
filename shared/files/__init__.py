"""Files that people send, judged whole and made safe to keep, for every service that takes any."""
