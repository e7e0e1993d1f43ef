"""Google Wallet: a face becomes a class and an object, told over REST, saved by a link, answered by callbacks."""
