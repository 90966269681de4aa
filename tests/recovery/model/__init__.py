"""A model of a takeover: a thief and an owner act in random order, by the real pages. See `machine`."""
