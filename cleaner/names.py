"""Words that tell names of people from other text."""

PARTICLES = frozenset(
    "de da di do dos das del della du des la le van von der den ter ten zu zur bin al el y e und and et en &".split()
)
"""Small words inside names, and between them."""
ACCOUNTS = frozenset(
    "admin administrator author autor editor guest none null publisher redaktion root staff system "
    "unknown unbenannt user webmaster wordpress".split()
)
"""What software calls an author who has not been given a name."""
