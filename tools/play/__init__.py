"""`make play`: plays cases through the public API, follows each to its last notice, and reconciles what came out."""
