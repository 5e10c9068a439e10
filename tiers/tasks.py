"""Background work of the ladder; each task may run twice, or on two machines at once, without harm."""
