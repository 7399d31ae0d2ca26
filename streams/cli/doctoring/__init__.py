"""The checks of `doctor`, one condition a function."""
