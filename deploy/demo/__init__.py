"""`make demo`: forty-one invented reports and two permit applications, and where each of them went."""
