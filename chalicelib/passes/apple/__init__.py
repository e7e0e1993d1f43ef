"""Apple Wallet: a card's face becomes a signed pass; phones register, are pushed, ask and fetch."""
