"""The 2024 round on real input: enterprises' dossiers through the whole chain, with a ledger of what came of it."""
