"""From a cart to an order."""

from shop import cart, database


def form():
    return {"fields": ["name", "address", "card"]}


def place(cart_id, customer):
    order = cart.show(cart_id)
    with database.connection() as db:
        db.run("insert into orders (customer, total) values (?, ?)", customer, order["total"])
    return {"order": order}
