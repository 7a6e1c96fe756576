"""An object refers to what is not there."""
