"""Who gets an answer at each address, one module for each part of the portal; tests/test_addresses.py walks them."""
