"""The demo world: invented people and enterprises, put in place through the services. Refused in production."""
