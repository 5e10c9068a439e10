"""The ground floor's pages: gate → form → service → redirect."""
