"""Taken: another colleague is writing this family right now (leave this file alone, do the families without such a file)."""

CHECKS: dict = {}
