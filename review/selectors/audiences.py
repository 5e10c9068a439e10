"""Which cities are done in a round, so that nobody is reminded without need."""

from review.selectors.city_lists import done_cities

CITIES_DONE = done_cities
