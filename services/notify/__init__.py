"""Notify owns who is told what: nobody is told twice, nobody is forgotten, and every outcome has a reason."""
