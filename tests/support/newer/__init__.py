"""Dispatch as a release after this one might be: it stores a field, a state and a moment that this one cannot know."""
