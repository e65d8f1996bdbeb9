"""What crews, officers and their heads see and press; every form works without scripts."""
