"""Transcripts for people and programs."""
