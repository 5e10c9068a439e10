"""Judgement: what cities, provinces and experts make of the applications, and the paper it ends on."""
