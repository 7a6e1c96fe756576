"""It works, and you will regret it."""
