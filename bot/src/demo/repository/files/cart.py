"""Carts, and what they cost."""

from shop import database


def show(cart_id="current"):
    with database.connection() as db:
        lines = db.all("select product, quantity, price from cart_lines where cart = ?", cart_id)
    return {"lines": lines, "total": total(lines)}


def total(lines):
    return sum(line["quantity"] * line["price"] for line in lines)
