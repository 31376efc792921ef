"""The files of the dialling side: settings, phone book, mail, story."""
