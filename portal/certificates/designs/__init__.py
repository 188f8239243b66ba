"""How certificates look: what staff compose of parts, edition by edition, and what is tried before it is used."""
