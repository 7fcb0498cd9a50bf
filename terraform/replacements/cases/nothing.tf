# As it stands: nothing is to do.
