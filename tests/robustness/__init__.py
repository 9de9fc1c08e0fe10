"""Hostile input: whatever is thrown at the command line, it must be refused in words, and harm nothing."""
