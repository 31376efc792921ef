"""Bad manners: what modems do to their answers that breaks the programs that read them. One module for each."""
