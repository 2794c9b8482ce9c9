"""Prices in the customer's currency."""

RATES = {"EUR": 1.0, "USD": 1.08, "SEK": 11.4}


def convert(amount, currency):
    return round(amount * RATES.get(currency, 1.0), 2)
