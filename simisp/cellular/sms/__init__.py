"""Short messages: alphabets, transfer protocol data units, concatenation, and the store that keeps them."""
