"""Small tools that know nothing of patterns: files written whole, tables, progress, scaling."""
