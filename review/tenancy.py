"""Where the review's tables stand in the tenancy."""

from portal.walls import Wall

WALLED = {
    "review_papercopy": Wall("business"),
    "review_message": Wall("business"),
}
