"""Views of transcripts, for people and programs."""
