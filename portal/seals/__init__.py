"""The stamp on paper and the signature in the file: pure functions on bytes, and the only importers of pyHanko.

A picture of a seal is not an electronic seal (GB/T 38540-2020 wants a certificate and a seal service): the portal
places the picture an organisation uploaded, signs with the organisation's key where there is one, and says which it is.
"""
