"""What both services stand on. Knows neither of them."""
