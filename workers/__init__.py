"""Workers: doorbells that make the house do what waits, in its own process or in others."""
