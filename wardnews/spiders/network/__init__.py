"""How archives on the network are searched, and asked for captures."""
