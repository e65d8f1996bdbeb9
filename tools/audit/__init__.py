"""What a release is held against beside its tests: known weaknesses, licences, secrets, and a list of its parts."""
