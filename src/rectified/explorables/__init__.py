"""The interactive figures, one package for each lesson."""
