"""`pointpass new`: a definition from six answers."""
