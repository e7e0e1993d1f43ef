"""The accounts that a deployment needs elsewhere: at Apple, at Google, and for its letters."""
