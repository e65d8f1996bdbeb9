"""The access matrix: every route of the four apps, asked by everybody who could come, compared with what they may."""
